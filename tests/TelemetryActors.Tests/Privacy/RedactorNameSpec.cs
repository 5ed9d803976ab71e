using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

public sealed class RedactorNameSpec
{
    private readonly Redactor _redactor = new(new RedactionOptions { Fields = { "home address", "SessionCookie", "pin2", "", "--" } });

    [Theory]
    [InlineData("email"), InlineData("password"), InlineData("token"), InlineData("apiKey"), InlineData("secret")]
    [InlineData("creditCard"), InlineData("ssn"), InlineData("SSN"), InlineData("access_token"), InlineData("userEmail")]
    [InlineData("API_KEY"), InlineData("X-Api-Key"), InlineData("client_secret"), InlineData("dbPassword"), InlineData("apikey")]
    [InlineData("APIKey"), InlineData("openAIApiKey"), InlineData("OAuthToken"), InlineData("user.email"), InlineData("credit card")]
    [InlineData("billing.credit-card"), InlineData("password2"), InlineData("email_1"), InlineData("token_"), InlineData("USER_EMAIL")]
    [InlineData("oauth2Token"), InlineData("kontakt.E-Mail")]
    [InlineData("PGPASSWORD"), InlineData("CLIENTSECRET"), InlineData("NPMTOKEN"), InlineData("APP_PGPASSWORD2")]
    [InlineData("Authorization"), InlineData("proxyAuthorization"), InlineData("Proxy-Authorization"), InlineData("Cookie"), InlineData("set-cookie"), InlineData("http.request.header.cookie")]
    [Trait("Feature", "S2.55")]
    public void A_name_whose_last_words_are_listed_is_sensitive(string name)
    {
        var sensitive = _redactor.IsSensitiveName(name);

        Assert.True(sensitive);
    }

    [Theory]
    [InlineData("tokens"), InlineData("token_count"), InlineData("email_count"), InlineData("username"), InlineData("passwordless")]
    [InlineData("secretary"), InlineData("tokenizer"), InlineData("emailed"), InlineData("keyApi"), InlineData("key"), InlineData("card")]
    [InlineData("credit"), InlineData("accesstoken"), InlineData("mission"), InlineData("sessn"), InlineData("api"), InlineData("")]
    [InlineData("_"), InlineData("42"), InlineData("token2x"), InlineData("pin"), InlineData("FEMAIL"), InlineData("PGPASSWORDS")]
    [InlineData("cookies"), InlineData("cookie_count"), InlineData("authorizations"), InlineData("authorized"), InlineData("cookiePolicy")]
    [Trait("Feature", "S2.55")]
    public void A_name_that_only_holds_a_listed_one_stays(string name)
    {
        var sensitive = _redactor.IsSensitiveName(name);

        Assert.False(sensitive);
    }

    [Theory]
    [InlineData("homeAddress", true), InlineData("user_home_address", true), InlineData("homeaddress", true), InlineData("address", false)]
    [InlineData("session-cookie", true), InlineData("cookies", false), InlineData("pin2", true), InlineData("pin", false), InlineData("email", true)]
    [Trait("Feature", "S2.9")]
    public void Configured_names_add_to_the_built_in_ones(string name, bool expected)
    {
        var sensitive = _redactor.IsSensitiveName(name);

        Assert.Equal(expected, sensitive);
    }

    [Fact]
    public void Names_added_after_the_start_change_nothing()
    {
        var options = new RedactionOptions();
        var redactor = new Redactor(options);

        options.Fields.Add("nickname");

        Assert.False(redactor.IsSensitiveName("nickname"));
    }

    [Fact]
    public void Allocates_nothing()
    {
        var bytes = Allocation.Least(() =>
        {
            _redactor.IsSensitiveName("client_secret");
            _redactor.IsSensitiveName("Träger-Nummer");
        });

        Assert.Equal(0, bytes);
    }
}

#!/usr/bin/env bash
# Restores the packages of eng/pack.sh into a fresh program, from that folder and from what was restored before (no network), runs it, and looks at what it did:
#   eng/try-packages.sh [RUNTIME]
# Exit code 1 when a package does not restore or brings a warning, the program does not run, or the compiled assembly was not taken.
set -euo pipefail
cd "$(dirname "$0")/.."
runtime=${1:-linux-x64}
packages=$PWD/artifacts/packages
restored=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(basename "$packages"/TelemetryActors.Core.*.nupkg .nupkg)
version=${version#TelemetryActors.Core.}

# Apart from the user's own cache, where an older package of the same version may be; what the packages need in turn comes from that cache.
cat > "$work/NuGet.config" <<XML
<configuration>
  <packageSources><clear /><add key="packed" value="$packages" /></packageSources>
  <fallbackPackageFolders><clear /><add key="restored" value="$restored" /></fallbackPackageFolders>
</configuration>
XML
references=
for name in TelemetryActors TelemetryActors.Hosting TelemetryActors.Sqlite TelemetryActors.S3 TelemetryActors.TestKit; do
  references+="<PackageReference Include=\"$name\" Version=\"$version\" />"
done
cat > "$work/Try.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <RestorePackagesPath>$work/packages</RestorePackagesPath>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>$references</ItemGroup>
</Project>
XML
cat > "$work/Program.cs" <<'CS'
using System.Runtime;
using TelemetryActors;

var directory = args[0];
var compiled = JitInfo.GetCompiledMethodCount(currentThread: true);
await using (var telemetry = TelemetryClient.Start("try", options => options.BaseDirectory = directory))
{
    var result = telemetry.Record("service_ready", ("service_id", "api"), ("ms", 41));
    compiled = JitInfo.GetCompiledMethodCount(currentThread: true) - compiled;
    if (!result.IsAccepted || !(await telemetry.FlushAsync()).IsDurable)
    {
        return 1;
    }
}

var lines = Directory.GetFiles(Path.Combine(directory, "raw"), "*.ndjson").SelectMany(File.ReadLines).Count(line => line.Contains("\"service_ready\""));
Console.WriteLine($"{lines} event in the log; {compiled} methods compiled on the caller's thread up to it");
return lines == 1 ? 0 : 1;
CS

# A warning here is one that every user's build would have; some come only where no platform is named.
dotnet build "$work" -v q -warnaserror
dotnet publish "$work" -r "$runtime" --self-contained false -c Release -o "$work/out" -v q
cmp "$work/out/TelemetryActors.dll" "artifacts/ready-to-run/TelemetryActors/$runtime/TelemetryActors.dll"
"$work/out/Try" "$work/base"

using System.Runtime.InteropServices;
using Sampan.Images.Archive;

namespace Sampan.Images.Layout;

/// <summary>os/architecture[/variant] in Go's names, such as <c>linux/amd64</c> or <c>linux/arm/v7</c>.</summary>
internal sealed record Platform(string OperatingSystem, string Architecture, string Variant, bool IsExplicit = false)
{
    /// <summary>The asked-for platform, or this machine's for null.</summary>
    public static Platform Parse(string? text)
    {
        if (text is null)
        {
            return new("linux", RuntimeInformation.ProcessArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "amd64",
                System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
                var other => other.ToString().ToLowerInvariant(),
            }, "");
        }
        return text.Split('/') switch
        {
            [{ Length: > 0 } os, { Length: > 0 } architecture] => new(os, architecture, "", true),
            [{ Length: > 0 } os, { Length: > 0 } architecture, { Length: > 0 } variant] => new(os, architecture, variant, true),
            _ => throw new ImageException($"platform '{ImageException.Printable(text)}': expected os/architecture[/variant]"),
        };
    }

    public static Platform Of(JsonValue json) => new(json.Text("os"), json.Text("architecture"), json.Text("variant"));

    public static Platform Of(ImageConfig config) => new(config.OperatingSystem, config.Architecture, config.Variant);

    public bool Matches(Platform offered) => OperatingSystem == offered.OperatingSystem && Architecture == offered.Architecture
        && (Variant.Length == 0 || Variant == offered.Variant);

    public override string ToString() => Variant.Length == 0 ? $"{OperatingSystem}/{Architecture}" : $"{OperatingSystem}/{Architecture}/{Variant}";
}

namespace Sampan.Images.Credentials;

/// <summary>What a person logs in to a registry with: a name and a password, or a token that the registry gave for them.</summary>
public sealed record Login(string User, string Password, string? IdentityToken = null)
{
    internal string Basic => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>Without what is secret.</summary>
    public override string ToString() => $"login of {User}";
}

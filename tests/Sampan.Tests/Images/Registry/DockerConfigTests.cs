using Sampan.Images;
using Sampan.Images.Credentials;

namespace Sampan.Tests.Images.Registry;

public sealed class DockerConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sampan-config-").FullName;

    private string FilePath => $"{_folder}/sub/config.json";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("localhost:5000", "localhost:5000")]
    [InlineData("https://registry.example.com/v1/", "registry.example.com")]
    [InlineData("http://registry.example.com", "registry.example.com")]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    public void A_login_is_found_by_any_form_of_its_key(string key, string host)
    {
        Write($$"""{"auths":{"other.example":{"auth":"eDp5"},"{{key}}":{"auth":"bWU6c2U6Y3JldA=="} } }""");
        Assert.Equal(new Login("me", "se:cret"), new DockerConfig(FilePath).Find(host));
        Assert.Null(new DockerConfig(FilePath).Find("elsewhere.example"));
    }

    [Fact]
    public void An_identity_token_is_found_beside_and_without_a_name()
    {
        Write("""{"auths":{"a.example":{"identitytoken":"t"},"b.example":{"auth":"bWU6","identitytoken":"u"}}}""");
        Assert.Equal("t", new DockerConfig(FilePath).Find("a.example")!.IdentityToken);
        Assert.Equal("u", new DockerConfig(FilePath).Find("b.example")!.IdentityToken);
    }

    [Theory]
    [InlineData("""{"auths":{"a.example":{"auth":"no base64"}}}""")]
    [InlineData("""{"auths":{"a.example":{"auth":"bm9jb2xvbg=="}}}""")]
    [InlineData("""{"auths":[]}""")]
    [InlineData("""{"auths":{"a.example":1}}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"credHelpers":{"a.example":"../../bin/sh"}}""")]
    [InlineData("""{"credHelpers":{"a.example":"surely-not-there"}}""")]
    public void A_damaged_file_is_refused_in_one_line(string json)
    {
        Write(json);
        ImageException error = Assert.Throws<ImageException>(() => new DockerConfig(FilePath).Find("a.example"));
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Storing_and_erasing_keep_everything_else_and_other_users_out()
    {
        DockerConfig config = new(FilePath);
        Assert.Null(config.Find("a.example"));
        Assert.False(config.Erase("a.example"));
        Assert.True(config.Store("a.example", new Login("me", "one")));
        Write(File.ReadAllText(FilePath).Replace("\"auths\"", "\"detachKeys\": \"ctrl-x\", \"HttpHeaders\": {\"A\": [1, null]}, \"auths\"", StringComparison.Ordinal));

        config.Store("docker.io", new Login("hub", "two"));
        config.Store("a.example", new Login("me", "three"));

        Assert.Equal("three", config.Find("a.example")!.Password);
        Assert.Equal("hub", config.Find("docker.io")!.User);
        Assert.Contains("https://index.docker.io/v1/", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.True(config.Erase("docker.io"));
        Assert.Null(config.Find("docker.io"));
        Assert.Contains("ctrl-x", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.Contains("HttpHeaders", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles($"{_folder}/sub"));
    }

    private void Write(string json)
    {
        Directory.CreateDirectory($"{_folder}/sub");
        File.WriteAllText(FilePath, json);
    }
}

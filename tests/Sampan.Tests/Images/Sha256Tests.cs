using Sampan.Images.Digests;

namespace Sampan.Tests.Images;

public sealed class Sha256Tests
{
    [Fact]
    public void The_digest_equals_that_of_the_framework_for_every_length_and_split()
    {
        Random random = new(1);
        for (int length = 0; length < 400; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            int split = random.Next(length + 1);
            Sha256 hash = new();
            hash.Append(bytes.AsSpan(0, split));
            hash.Append(bytes.AsSpan(split));
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), hash.FinishHex());
        }
    }
}

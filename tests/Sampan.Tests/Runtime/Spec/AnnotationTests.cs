using Sampan.Linux.Capabilities;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Runtime.Spec;

public static class AnnotationTests
{
    [Theory]
    [InlineData("\"1\"", true)]
    [InlineData("\"0\"", false)]
    [InlineData("\"\"", false)]
    public static void Groups_are_kept_where_it_says_so(string value, bool kept) =>
        Assert.Equal(kept, SpecReader.Read(DefaultConfig.With("annotations/run.oci.keep_original_groups", value)).Process!.KeepsGroups);

    [Fact]
    public static void The_mount_option_for_labels_can_be_chosen() =>
        Assert.Equal("fscontext", SpecReader.Read(DefaultConfig.With("annotations/run.oci.mount_context_type", "\"fscontext\"")).MountLabelOption);

    [Fact]
    public static void Lacking_capabilities_are_named_once()
    {
        CapabilitySets sets = SpecReader.Read(DefaultConfig.With("process/capabilities", """
            {"bounding":["CAP_KILL","CAP_ODD","CAP_SYS_BOOT"],"effective":["CAP_ODD","CAP_SYS_BOOT"]}
            """)).Process!.Capabilities!;
        Assert.Equal(["CAP_SYS_BOOT", "CAP_ODD"], sets.Lacking(CapabilitySet.Of(Capability.CAP_KILL)));
        Assert.Equal(["CAP_ODD"], sets.Lacking(null));
    }
}

using Sampan.Linux.Mounts;
using Sampan.Runtime.Plan;

namespace Sampan.Tests.Runtime.Plan;

public sealed class MountOptionsTests
{
    [Fact]
    public void Words_that_are_flags_are_sorted_from_those_for_the_file_system()
    {
        MountOptions options = MountOptions.Parse(["nosuid", "noexec", "nodev", "mode=1777", "size=65536k", "newinstance"]);

        Assert.Equal(MountAttributes.NoSetuid | MountAttributes.NoExec | MountAttributes.NoDevices, options.Set);
        Assert.Equal([("mode", "1777"), ("size", "65536k"), ("newinstance", null)], options.Data);
        Assert.Equal("nosuid|noexec|nodev|mode=1777|size=65536k|newinstance", options.ToString());
    }

    [Fact]
    public void Of_two_options_that_contradict_each_other_the_later_one_wins()
    {
        MountOptions writable = MountOptions.Parse(["ro", "rw"]);
        MountOptions readOnly = MountOptions.Parse(["rw", "ro"]);

        Assert.Equal((MountAttributes.None, MountAttributes.ReadOnly), (writable.Set, writable.Clear));
        Assert.Equal((MountAttributes.ReadOnly, MountAttributes.None), (readOnly.Set, readOnly.Clear));
    }

    [Fact]
    public void An_attribute_with_an_r_before_it_is_for_all_mounts_below()
    {
        MountOptions options = MountOptions.Parse(["rro", "rnosuid", "rexec"]);

        Assert.Equal(MountAttributes.ReadOnly | MountAttributes.NoSetuid, options.RecursiveSet);
        Assert.Equal(MountAttributes.NoExec, options.RecursiveClear);
        Assert.Equal(MountAttributes.None, options.Set | options.Clear);
        Assert.False(options.Recursive);
    }

    [Fact]
    public void Rbind_takes_the_mounts_below_along_and_bind_does_not()
    {
        Assert.True(MountOptions.Parse(["rbind"]).Recursive);
        Assert.False(MountOptions.Parse(["bind"]).Recursive);
        Assert.Empty(MountOptions.Parse(["bind", "rbind", "defaults", "silent", "loud"]).Data);
    }

    [Theory]
    [InlineData("private", MountFlags.Private, false)]
    [InlineData("rprivate", MountFlags.Private, true)]
    [InlineData("shared", MountFlags.Shared, false)]
    [InlineData("rshared", MountFlags.Shared, true)]
    [InlineData("slave", MountFlags.Slave, false)]
    [InlineData("rslave", MountFlags.Slave, true)]
    [InlineData("unbindable", MountFlags.Unbindable, false)]
    [InlineData("runbindable", MountFlags.Unbindable, true)]
    public void Propagation_is_kept_apart_from_the_attributes(string option, MountFlags propagation, bool recursive)
    {
        MountOptions options = MountOptions.Parse([option]);

        Assert.Equal((propagation, recursive), (options.Propagation, options.PropagationRecursive));
        Assert.Equal(MountAttributes.None, options.Set | options.Clear | options.RecursiveSet | options.RecursiveClear);
        Assert.Empty(options.Data);
    }

    [Fact]
    public void Access_time_is_one_field_of_which_the_last_option_counts()
    {
        MountOptions options = MountOptions.Parse(["strictatime", "relatime"]);

        Assert.Equal((MountAttributes.None, MountAttributes.AccessTimeMask), (options.Set, options.Clear));
        Assert.Equal(MountAttributes.NoAccessTime, MountOptions.Parse(["relatime", "noatime"]).Set);
    }

    [Fact]
    public void A_value_may_contain_further_equals_signs_or_be_empty()
        => Assert.Equal([("context", "a=b"), ("lowerdir", "")], MountOptions.Parse(["context=a=b", "lowerdir="]).Data);

    [Fact]
    public void No_options_print_as_a_dash() => Assert.Equal("-", MountOptions.Parse([]).ToString());
}

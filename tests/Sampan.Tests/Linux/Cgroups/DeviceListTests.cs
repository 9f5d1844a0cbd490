using Sampan.Linux.Cgroups;
using Sampan.Linux.Cgroups.Devices;

namespace Sampan.Tests.Linux.Cgroups;

public sealed class DeviceListTests
{
    [Fact]
    public void A_later_rule_adds_to_and_takes_from_the_entry_of_its_device()
    {
        DeviceList list = DeviceList.Of([Deny('a'), Allow("rw", 1, 3), Allow("m", 1, 3), new(false, 'c', 1, 3, "w")]);

        Assert.False(list.AllowsByDefault);
        Assert.Equal(DeviceAccess.Read | DeviceAccess.Make, list.Exceptions[new('c', 1, 3)]);
    }

    [Fact]
    public void A_part_of_a_rule_can_not_be_taken_out_on_version_1_and_is_not_passed_over()
    {
        IOException error = Assert.Throws<IOException>(() => DeviceList.Of([Deny('a'), Allow("rwm", 10, null), new(false, 'c', 10, 200, "rwm")]));

        Assert.Equal("devices: \"deny c 10:200 rwm\" after \"allow c 10:*\": cgroup version 1 can not take a part out of a rule", error.Message);
    }

    [Fact]
    public void Everything_may_be_allowed_with_exceptions()
    {
        DeviceList list = DeviceList.Of([new(true, 'a', null, null, "rwm"), new(false, 'c', 10, 200, "rwm")]);

        Assert.True(list.AllowsByDefault);
        Assert.Equal(DeviceAccess.All, list.Exceptions[new('c', 10, 200)]);
    }

    [Fact]
    public void What_the_kernel_prints_is_read()
    {
        Assert.True(DeviceList.Parse("a *:* rwm\n").AllowsByDefault);
        Assert.Equal(DeviceAccess.Make, DeviceList.Parse("c *:* m\nc 136:* rwm\n").Exceptions[new('c', null, null)]);
    }

    private static DeviceRule Deny(char type) => new(false, type, null, null, "rwm");

    private static DeviceRule Allow(string access, uint major, uint? minor) => new(true, 'c', major, minor, access);
}

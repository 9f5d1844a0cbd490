using Sampan.Linux.Errors;
using Sampan.Linux.Netlink;
using Sampan.Linux.Netlink.Nftables;

namespace Sampan.Networks.Bridges;

/// <summary>
/// Rules of other programs that drop forwarded packets. An accept in our table does not help against them: a packet must pass
/// every table. Where the program is one that is known to mean only its own traffic, a bridge is let through at the head of its chain.
/// </summary>
internal sealed class ForeignFirewalls(NetlinkSocket socket)
{
    private const string Firewalld = "firewalld";

    // iptables' chain, whose policy docker and ufw set to drop; firewalld's, whose last rule rejects
    private static readonly (NftFamily Family, string Table, string Chain)[] Known =
        [(NftFamily.Ip, "filter", "FORWARD"), (NftFamily.Ip6, "filter", "FORWARD"), (NftFamily.Inet, Firewalld, "filter_FORWARD")];

    /// <summary>Lets a bridge pass where it is not let already.</summary>
    public void Pass(string bridge)
    {
        foreach ((NftFamily family, string table, string chain) in Known)
        {
            if (socket.FindChain(family, table, chain) is not { } found || !(found.DropsByPolicy || table == Firewalld)) continue;
            if (socket.Rules(family, table, chain).Exists(r => r.Comment == Tag(bridge))) continue;
            NftBatch batch = new(family, table);
            batch.AddRule(chain, r => r.From(bridge).Count().Accept(), Tag(bridge), first: true);
            batch.AddRule(chain, r => r.To(bridge).Count().Accept(), Tag(bridge), first: true);
            try
            {
                batch.Commit(socket);
            }
            catch (SyscallException e) when (table == Firewalld && e.Errno is Errno.EPERM)
            {
                // it owns its table (NftablesTableOwner, from 2.1 on); the administrator is told by Dropping
            }
        }
    }

    /// <summary>Takes back what <see cref="Pass"/> added.</summary>
    public void Withdraw(string bridge)
    {
        foreach ((NftFamily family, string table, string chain) in Known)
        {
            NftBatch batch = new(family, table);
            List<NftRule> ours = socket.Rules(family, table, chain).FindAll(r => r.Comment == Tag(bridge));
            foreach (NftRule rule in ours) batch.DeleteRule(chain, rule.Handle);
            if (ours.Count > 0) batch.Commit(socket);
        }
    }

    /// <summary>The chains that may drop a bridge's packets and that it is not let through, one line each with what to do. A chain
    /// with rules of its own for the bridge is named too: what rules mean is not looked at.</summary>
    public List<string> Dropping(string bridge)
    {
        List<string> lines = [];
        foreach (NftChain chain in socket.BaseChains())
        {
            if (chain.Hook != NftHook.Forward || chain.Family is not (NftFamily.Inet or NftFamily.Ip or NftFamily.Ip6)) continue;
            bool firewalld = chain is { Table: Firewalld, Name: "filter_FORWARD" };
            bool known = Array.Exists(Known, k => k == (chain.Family, chain.Table, chain.Name));
            // there the way is made when a container is attached
            if (!(chain.DropsByPolicy || firewalld) || (known && !(firewalld && IsBarred(chain, bridge)))) continue;
            string family = chain.Family.ToString().ToLowerInvariant();
            lines.Add(firewalld
                ? $"firewalld may reject packets of containers; hint: firewall-cmd --permanent --zone=trusted --add-interface={bridge}"
                : $"chain {family} {chain.Table} {chain.Name} drops packets of containers by its policy; hint: nft insert rule {family} "
                    + $"{chain.Table} {chain.Name} iifname {bridge} accept, and the same with oifname");
        }

        return lines;
    }

    // containers are attached, and yet the chain has no rule of ours
    private bool IsBarred(NftChain chain, string bridge) =>
        socket.TableExists(NftFamily.Inet, bridge) && !socket.Rules(chain.Family, chain.Table, chain.Name).Exists(r => r.Comment == Tag(bridge));

    private static string Tag(string bridge) => $"sampan {bridge}";
}

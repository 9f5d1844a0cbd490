namespace Sampan.Runtime.Spec;

/// <summary>
/// crun's annotations that change a container, as far as they are followed here (docs/decisions/083-annotations.md). Configurations are
/// also made of images, whose labels become annotations: so none is followed that would write, execute or connect to anything outside.
/// </summary>
internal static class AnnotationReader
{
    private const string Prefix = "run.oci.";

    public static ContainerSpec Apply(ContainerSpec spec, SpecNode annotations)
    {
        if (IsSet(annotations, "keep_original_groups") && spec.Process is { } process)
        {
            if (process.User.AdditionalGids.Count > 0) throw annotations[Prefix + "keep_original_groups"].Error("and process.user.additionalGids exclude each other");
            spec = spec with { Process = process with { KeepsGroups = true } };
        }
        SpecNode context = annotations[Prefix + "mount_context_type"];
        if (context.Text() is not { Length: > 0 } type) return spec;
        return type is "context" or "fscontext" or "defcontext" or "rootcontext" ? spec with { MountLabelOption = type }
            : throw context.Error($"is {type}, not context, fscontext, defcontext or rootcontext");
    }

    private static bool IsSet(SpecNode annotations, string name) => annotations[Prefix + name].Text() is { } text && text is not ("" or "0" or "false");
}

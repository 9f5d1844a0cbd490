namespace Sampan.Images.Layers.Index;

/// <summary>Where a layer's tar lies: in which of an index's devices, and at which byte, a multiple of 512.</summary>
internal readonly record struct LayerPlace(int Device, long Offset);

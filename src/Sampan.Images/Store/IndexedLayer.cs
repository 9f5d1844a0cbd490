namespace Sampan.Images.Store;

/// <summary>A layer of an index.</summary>
/// <param name="Hex">The diffID.</param>
/// <param name="Bytes">Length of the tar.</param>
/// <param name="Offset">Where in the archive it begins; null where the store has it as a file.</param>
internal sealed record IndexedLayer(string Hex, long Bytes, long? Offset);

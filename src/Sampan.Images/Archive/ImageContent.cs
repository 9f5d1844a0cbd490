namespace Sampan.Images.Archive;

/// <summary>One image found in an archive or layout, before its layers are unpacked.</summary>
internal sealed record ImageContent(byte[] Config, string ConfigHex, IReadOnlyList<string> Names, IReadOnlyList<LayerBlob> Layers);

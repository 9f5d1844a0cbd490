using System.Runtime.CompilerServices;

// All signatures here are blittable: what is declared is exactly what is passed to the kernel.
[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("Sampan.Tests")]

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Sampan.Tests")]
[assembly: InternalsVisibleTo("sampan-registry")]

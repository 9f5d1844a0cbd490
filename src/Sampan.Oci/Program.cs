Console.Out.WriteLine("sampan-oci 0.1.0");
return 0;

Console.Out.WriteLine("sampan 0.1.0");
return 0;

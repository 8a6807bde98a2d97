package dev.lockstep.ml;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The programs in {@code distributor/examples}, compiled as a stranger would. */
final class Examples {
  private static final Path MODULE = ChildJvm.root().resolve("distributor");

  private Examples() {}

  /** The folder of an example. */
  static Path folder(String name) {
    return MODULE.resolve("examples").resolve(name);
  }

  /** Jars that the build has put into a folder of {@code target}, as a class path. */
  static String jars(String folder) throws IOException {
    try (Stream<Path> all = Files.list(MODULE.resolve("target").resolve(folder))) {
      return all.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
    }
  }

  /**
   * Compiles an example in Java.
   *
   * @param classes an empty folder
   * @return the class path of its classes and resources
   */
  static String compiled(String name, String classPath, Path classes) throws IOException {
    Path sources = folder(name).resolve("src/main/java");
    try (Stream<Path> files = Files.list(sources)) {
      List<String> options =
          Stream.concat(
                  Stream.of("-proc:none", "-d", classes.toString(), "-cp", classPath),
                  files.map(Path::toString))
              .toList();
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, options.toArray(String[]::new));
      if (result != 0) {
        throw new AssertionError("the example " + name + " does not compile");
      }
    }
    return classes + File.pathSeparator + folder(name).resolve("src/main/resources");
  }
}

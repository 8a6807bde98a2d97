package dev.lockstep.evaluation.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system of its own, which can become full or read-only. */
final class Mount implements AutoCloseable {
  private final Path place;

  /** Mounts it at a new directory. */
  Mount(Path directory, String size) throws IOException, InterruptedException {
    place = Files.createDirectories(directory);
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", place.toString());
  }

  /** Whether this user may mount. */
  static boolean isPermitted(Path directory) {
    try (Mount mount = new Mount(directory, "1m")) {
      return Files.isWritable(mount.place());
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  Path place() {
    return place;
  }

  /** Leaves not a byte. */
  void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(place.resolve("filler"))) {
      while (true) {
        out.write(new byte[1 << 12]);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }

  void free() throws IOException {
    Files.deleteIfExists(place.resolve("filler"));
  }

  /** Nothing can be written or removed from now on, by nobody. */
  void makeReadOnly() throws IOException, InterruptedException {
    // A file that is just being written would keep it from becoming so: try again.
    for (int i = 0; i < 200; i++) {
      Process process =
          new ProcessBuilder("mount", "-o", "remount,ro", place.toString())
              .redirectErrorStream(true)
              .start();
      process.getInputStream().readAllBytes();
      if (process.waitFor() == 0) {
        return;
      }
      Thread.sleep(5);
    }
    throw new IOException("could not make " + place + " read-only");
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      run("umount", "-l", place.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

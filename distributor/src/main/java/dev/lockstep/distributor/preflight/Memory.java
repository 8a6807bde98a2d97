package dev.lockstep.distributor.preflight;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory of this machine, or of the container that this JVM is in. */
final class Memory {
  private static final Path LINUX = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

  private Memory() {}

  /** Bytes that can be had; pages of files, which can be read again, count among them. */
  static long available() {
    var machine =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try {
      Matcher line = AVAILABLE.matcher(Files.readString(LINUX));
      if (line.find()) {
        return Math.min(Long.parseLong(line.group(1)) << 10, machine.getTotalMemorySize());
      }
    } catch (IOException e) {
      // Not a Linux: the JVM's own figure, which does not count files' pages.
    }
    return machine.getFreeMemorySize();
  }
}

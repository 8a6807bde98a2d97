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

  private static final Pattern ADDRESSES = Pattern.compile("Max address space\\s+(\\d+)");
  private static final Pattern TAKEN = Pattern.compile("VmSize:\\s+(\\d+) kB");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private Memory() {}

  /** Bytes of Java's heap that can be had. */
  static long heapFree() {
    Runtime java = Runtime.getRuntime();
    return java.maxMemory() - (java.totalMemory() - java.freeMemory());
  }

  /**
   * Bytes that can be had in this process: of the machine, of its container, and below its limit of
   * addresses ({@code ulimit -v}).
   */
  static long available() {
    return Math.min(ofMachine(), Math.max(0, addresses()));
  }

  private static long addresses() {
    long limit = field(Path.of("/proc/self/limits"), ADDRESSES);
    long taken = field(Path.of("/proc/self/status"), TAKEN) << 10;
    return limit < 0 || taken < 0 ? Long.MAX_VALUE : limit - taken;
  }

  /** A number in a file of Linux; negative where there is none. */
  private static long field(Path file, Pattern pattern) {
    try {
      Matcher line = pattern.matcher(Files.readString(file));
      return line.find() ? Long.parseLong(line.group(1)) : -1;
    } catch (IOException e) {
      return -1; // Not a Linux.
    }
  }

  /** Pages of files, which can be read again, count among them. */
  private static long ofMachine() {
    var machine =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long available = field(LINUX, AVAILABLE) << 10;
    long own = field(Path.of("/proc/self/status"), RESIDENT) << 10;
    return available < 0
        ? machine.getFreeMemorySize() // Does not count files' pages.
        : Math.min(available, machine.getTotalMemorySize() - Math.max(0, own));
  }
}

package dev.lockstep.distributor.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What Linux says of a process's TCP connections. */
final class Sockets {
  private static final int LOCAL = 1;
  private static final int INODE = 9;

  private Sockets() {}

  /** The ports at this process's own end of its connections. */
  static Set<Integer> localPorts(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.exists(descriptor, LinkOption.NOFOLLOW_LINKS)) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("socket:[")) {
            inodes.add(target.substring("socket:[".length(), target.length() - 1));
          }
        }
      }
    }
    Set<Integer> ports = new HashSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/net/" + table))) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > INODE && inodes.contains(fields[INODE])) {
          ports.add(Integer.parseInt(fields[LOCAL].split(":")[1], 16));
        }
      }
    }
    return ports;
  }
}

package dev.lockstep.distributor.training;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The C library's heap, in which libtorch's arrays live. */
final class NativeHeap {
  private static final Pattern TOTAL =
      Pattern.compile("<(total|system) type=\"(\\w+)\".*size=\"(\\d+)\"");

  private NativeHeap() {}

  /** Bytes that are allocated and not freed, over all arenas. */
  static long bytesInUse() throws IOException {
    Path report = Files.createTempFile("malloc", ".xml");
    NativeLibrary c = NativeLibrary.getProcess();
    Function info = c.getFunction("malloc_info");
    Pointer file = c.getFunction("fopen").invokePointer(new Object[] {report.toString(), "w"});
    info.invokeInt(new Object[] {0, file});
    c.getFunction("fclose").invokeInt(new Object[] {file});
    String xml = Files.readString(report);
    Files.delete(report);
    // The last totals are those of all arenas: what the system gave, less what is free.
    String whole = xml.substring(xml.lastIndexOf("</heap>"));
    long bytes = 0;
    Matcher matcher = TOTAL.matcher(whole);
    while (matcher.find()) {
      long size = Long.parseLong(matcher.group(3));
      switch (matcher.group(2)) {
        case "current", "mmap" -> bytes += size;
        case "fast", "rest" -> bytes -= size;
        default -> {
          // The largest that it ever was.
        }
      }
    }
    return bytes;
  }
}

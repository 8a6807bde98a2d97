package dev.lockstep.distributor.checkpoint;

import java.io.FilterOutputStream;
import java.io.IOError;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk behind a file system whose writes fail: {@code faulty://KIND-N-ID/path}, where the
 * N-th file and all after it fail after some bytes. KIND is {@code io} (an IOException), {@code
 * error} (an Error, as Hadoop throws where a local disk is full) or {@code hang} (nothing happens
 * for a while, whoever interrupts).
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
  private static final String SCHEME = "faulty";

  private static final Duration HANG = Duration.ofSeconds(5);
  private static final int BYTES = 100;

  private final AtomicInteger created = new AtomicInteger();
  private final AtomicBoolean hung = new AtomicBoolean();
  private URI uri;
  private String kind;
  private int first;

  /**
   * The address of a folder of the local disk, with an authority of its own: Hadoop caches one file
   * system for each authority, and with it the count of files.
   */
  public static String address(String kind, int first, java.nio.file.Path folder) {
    return SCHEME + "://" + kind + "-" + first + "-" + UUID.randomUUID() + folder;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    String[] fault = name.getAuthority().split("-");
    kind = fault[0];
    first = Integer.parseInt(fault[1]);
    super.initialize(name, conf);
  }

  @Override
  public URI getUri() {
    return uri == null ? super.getUri() : uri; // The constructor above asks already.
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int buffer,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream out =
        super.create(path, overwrite, buffer, replication, blockSize, progress);
    return created.incrementAndGet() < first ? out : new FSDataOutputStream(failing(out), null);
  }

  private OutputStream failing(OutputStream out) {
    return new FilterOutputStream(out) {
      private int written;

      @Override
      public void write(int value) throws IOException {
        if (++written > BYTES) {
          fail();
        }
        out.write(value);
      }
    };
  }

  private void fail() throws IOException {
    switch (kind) {
      case "io" -> throw new IOException("the quota is used up");
      case "error" -> throw new IOError(new IOException("No space left on device"));
      default -> hang();
    }
  }

  /** The first time: what comes after goes through at once. */
  private void hang() {
    if (!hung.compareAndSet(false, true)) {
      return;
    }
    long end = System.nanoTime() + HANG.toNanos();
    while (System.nanoTime() < end) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        // As a file system does that cannot be interrupted.
      }
    }
  }
}

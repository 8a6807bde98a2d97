package dev.lockstep.distributor.experiment;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file on any Hadoop file system that others read while it grows; on an object store it is there
 * when it is closed.
 */
public final class GrowingFile implements AutoCloseable {
  private final FSDataOutputStream out;

  private GrowingFile(FSDataOutputStream out) {
    this.out = out;
  }

  /** Begins a file, whose folder is made if it is not there; one of this name is replaced. */
  public static GrowingFile create(Path file, Configuration hadoop) throws IOException {
    return new GrowingFile(plain(file, hadoop).create(file, true));
  }

  /** On this machine without the checksums beside it, whose stream keeps half a block back. */
  private static FileSystem plain(Path file, Configuration hadoop) throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }

  /** Adds to the file; others may see it later. */
  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Lets others see all that was written. */
  public void flush() throws IOException {
    out.hflush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}

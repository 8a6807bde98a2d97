package dev.lockstep.data.internal.spark;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.spark.TaskContext;

/** A file's bytes, counted as what the running task has read, as Spark does of its own sources. */
public final class TaskInput extends FilterInputStream {
  private TaskInput(InputStream bytes) {
    super(bytes);
  }

  /** Bytes that are counted; the same where no task runs. */
  public static InputStream counted(InputStream bytes) {
    return TaskContext.get() == null ? bytes : new TaskInput(bytes);
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = in.read(into, offset, length);
    count(read);
    return read;
  }

  private static void count(long bytes) {
    TaskContext task = TaskContext.get();
    if (bytes > 0 && task != null) {
      task.taskMetrics().inputMetrics().incBytesRead(bytes);
    }
  }
}

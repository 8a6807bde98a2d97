package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * One writer at a time among all processes of a machine. Delta commits by a rename that fails if
 * the target is there; a local file system has no such rename for several processes, and without a
 * lock one of two commits of the same moment would be lost. Whoever may write into the lock's
 * folder may take the lock, whatever the umask of the user who made it.
 */
final class LocalLock {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long PAUSE_MILLIS = 10;

  private LocalLock() {}

  /**
   * Waits for a file's lock, works, and gives it back.
   *
   * @throws LockstepException if the file cannot be written, or another holds it for too long
   */
  static void holding(Path file, Runnable work) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        FolderAccess.open(file);
        await(file, channel);
        work.run();
      }
    } catch (AccessDeniedException e) {
      throw new LockstepException(
          "cannot lock %s: %s".formatted(file, FolderAccess.refusal(file)),
          "Have its owner run 'chmod g+w' on it, or 'chmod a+w', or choose another --ledger",
          e);
    } catch (IOException e) {
      throw new LockstepException(
          "cannot lock " + file + ": " + e.getMessage(), "Choose another --ledger", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + file, e);
    }
  }

  private static void await(Path file, FileChannel channel)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + LIMIT.toNanos();
    while (!tried(channel)) {
      if (System.nanoTime() > until) {
        throw new LockstepException(
            "another process has held %s for %d s".formatted(file, LIMIT.toSeconds()),
            "End it, or wait for it to end");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private static boolean tried(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // Another thread of this JVM has it.
    }
  }
}

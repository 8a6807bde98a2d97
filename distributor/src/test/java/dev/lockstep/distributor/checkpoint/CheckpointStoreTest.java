package dev.lockstep.distributor.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store of one training does, and leaves alone, in a folder that others use too. */
class CheckpointStoreTest {
  private static final String NAME = "20260131-120000-1a2b/mlp";

  @TempDir Path root;

  private CheckpointStore store(String name, String training) throws IOException {
    return store(root.toString(), name, training);
  }

  private static CheckpointStore store(String at, String name, String training) throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    return new CheckpointStore(at, name, hadoop, 2, training);
  }

  private static Checkpoint checkpoint(long step, String training) {
    ByteBuffer values = ByteBuffer.allocateDirect(400).order(ByteOrder.nativeOrder());
    return new Checkpoint(step, training, Map.of("values", values));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(f -> Files.isRegularFile(f) && !f.toString().endsWith(".crc"))
          .map(f -> root.relativize(f).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void what_a_person_keeps_in_the_folder_stays() throws IOException {
    List<String> own =
        List.of("notes.txt", "step-1.ckpt", "20260131-120000-1a2b/best.ckpt", NAME + "/x.ckpt");
    for (String file : own) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), "mine");
    }
    CheckpointStore store = store(NAME, "a");
    for (int step = 1; step <= 4; step++) {
      store.save(checkpoint(step, "a"));
    }
    assertThat(store.names()).hasSize(2);
    store.clear();
    assertThat(files()).containsExactlyInAnyOrderElementsOf(own);
  }

  @Test
  void a_folder_is_deleted_where_it_is_empty_and_the_named_one_never() throws IOException {
    CheckpointStore first = store(NAME + "/seed-1", "a");
    CheckpointStore second = store(NAME + "/seed-2", "b");
    first.save(checkpoint(1, "a"));
    second.save(checkpoint(1, "b"));
    first.clear();
    assertThat(root.resolve(NAME + "/seed-1")).doesNotExist();
    assertThat(second.names()).hasSize(1);
    second.clear();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void trainings_that_share_a_folder_do_not_touch_each_other() throws IOException {
    CheckpointStore one = store(NAME, "a");
    CheckpointStore other = store(NAME, "b");
    other.save(checkpoint(100, "b"));
    other.save(checkpoint(200, "b"));
    for (int step = 1; step <= 3; step++) {
      one.save(checkpoint(step, "a"));
    }
    String newest = one.newest(c -> c.header().equals("a")).orElseThrow();
    assertThat(one.load(newest).step()).isEqualTo(3);
    assertThat(other.names()).hasSize(2);
    one.clear();
    assertThat(other.names()).hasSize(2);
  }

  @Test
  void a_checkpoint_of_an_earlier_build_is_used_if_its_header_is_ones_own() throws IOException {
    CheckpointStore store = store(NAME, "a");
    Path folder = root.resolve(NAME);
    for (String training : List.of("a", "b")) {
      String name = store.save(checkpoint(training.equals("a") ? 5 : 9, training));
      Files.move(folder.resolve(name), folder.resolve(name.replaceFirst("-[0-9a-f]{12}-", "-")));
    }
    String newest = store.newest(c -> c.header().equals("a")).orElseThrow();
    assertThat(store.load(newest).step()).isEqualTo(5);
  }

  @Test
  void a_write_that_fails_leaves_no_file_and_the_one_before() throws IOException {
    for (String kind : List.of("io", "error")) {
      CheckpointStore store = store(FaultyFileSystem.address(kind, 2, root), NAME, kind);
      store.save(checkpoint(1, kind));
      assertThatThrownBy(() -> store.save(checkpoint(2, kind)))
          .isInstanceOfAny(IOException.class, IOError.class);
      assertThat(store.names()).hasSize(1);
    }
    assertThat(files()).hasSize(2);
  }

  @Test
  void an_error_is_told_as_any_failure() throws Exception {
    try (CheckpointWriter writer =
        new CheckpointWriter(store(FaultyFileSystem.address("error", 1, root), NAME, "a"))) {
      writer.write(checkpoint(1, "a"));
      while (writer.isBusy()) {
        Thread.sleep(1);
      }
      assertThatThrownBy(writer::finish)
          .isInstanceOf(IOException.class)
          .hasMessage("No space left on device");
    }
  }

  @Test
  void the_last_write_of_a_killed_task_has_ended_when_its_writer_is_closed() throws Exception {
    CheckpointWriter writer = new CheckpointWriter(store(root.toString(), NAME, "a"));
    CountDownLatch begun = new CountDownLatch(1);
    writer.write(
        () -> {
          begun.countDown();
          long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
          while (System.nanoTime() < until) { // As a local disk, whatever interrupts it.
            Thread.onSpinWait();
          }
          return NAME;
        });
    begun.await();
    Thread.currentThread().interrupt();
    writer.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(writer.isBusy()).isFalse();
  }

  @Test
  void a_write_that_hangs_is_given_up_and_deleted_when_it_ends() throws Exception {
    try (CheckpointWriter writer =
        new CheckpointWriter(store(FaultyFileSystem.address("hang", 1, root), NAME, "a"))) {
      writer.write(checkpoint(1, "a"));
      writer.giveUp();
      assertThat(writer.isStuck()).isTrue();
      assertThatThrownBy(() -> writer.write(checkpoint(2, "a")))
          .isInstanceOf(IllegalStateException.class);
      while (writer.isBusy()) {
        Thread.sleep(10);
      }
      writer.finish();
      assertThat(files()).isEmpty();
    }
  }
}

package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path directory;

  private static void content(FileSystem files, org.apache.hadoop.fs.Path folder)
      throws IOException {
    files.create(new org.apache.hadoop.fs.Path(folder, "card"), false).close();
  }

  private static void torn(FileSystem files, org.apache.hadoop.fs.Path folder) throws IOException {
    content(files, folder);
    throw new IOException("cut off");
  }

  private org.apache.hadoop.fs.Path target() {
    return new org.apache.hadoop.fs.Path(directory.resolve("target").toString());
  }

  @Test
  void what_could_not_be_written_whole_is_not_there() {
    assertThatThrownBy(() -> AtomicFolder.create(target(), HADOOP, AtomicFolderTest::torn))
        .hasMessage("cut off");
    assertThatThrownBy(() -> AtomicFolder.replace(target(), "card", HADOOP, AtomicFolderTest::torn))
        .hasMessage("cut off");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void an_empty_folder_is_filled_and_one_with_anything_in_it_stays() throws IOException {
    Files.createDirectory(directory.resolve("target"));
    AtomicFolder.create(target(), HADOOP, AtomicFolderTest::content);
    assertThat(directory.resolve("target/card")).exists();
    assertThatThrownBy(() -> AtomicFolder.create(target(), HADOOP, AtomicFolderTest::content))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(directory.toFile().list()).containsExactly("target");
  }

  @Test
  void only_a_folder_of_the_same_kind_is_replaced() throws IOException {
    Files.createDirectory(directory.resolve("target"));
    Path notes = Files.writeString(directory.resolve("target/notes.txt"), "mine");
    assertThatThrownBy(
            () -> AtomicFolder.replace(target(), "card", HADOOP, AtomicFolderTest::content))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("holds something else");
    assertThat(notes).hasContent("mine");
    Files.move(notes, directory.resolve("target/card"));
    AtomicFolder.replace(target(), "card", HADOOP, AtomicFolderTest::content);
    assertThat(directory.resolve("target/card")).isEmptyFile();
  }

  @Test
  void one_that_comes_to_be_meanwhile_stays() {
    assertThatThrownBy(
            () ->
                AtomicFolder.create(
                    target(),
                    HADOOP,
                    (files, folder) -> {
                      content(files, folder);
                      content(files, target());
                    }))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(directory.toFile().list()).containsExactly("target");
  }
}

package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.AtomicFolder;
import dev.lockstep.data.Json;
import dev.lockstep.data.LockstepException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/**
 * An ensemble as it lies in a run's folder.
 *
 * @param members its models
 */
public record SavedEnsemble(List<Member> members) {
  private static final String FILE = "ensemble.json";

  /**
   * A model of an ensemble.
   *
   * @param model its folder in the run's
   * @param weight its part of the mean
   */
  public record Member(String model, double weight) {}

  /** Copies the list. */
  public SavedEnsemble {
    members = List.copyOf(members);
  }

  /**
   * The ensemble of a folder; empty where there is none.
   *
   * @throws LockstepException if it cannot be read
   */
  public static Optional<SavedEnsemble> in(String folder, Configuration hadoop) {
    Path file = new Path(folder + "/model", FILE);
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Optional.of(Json.read(text, SavedEnsemble.class));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new LockstepException(
          "cannot read " + file + ": " + e.getMessage(), "Copy the run's folder again", e);
    }
  }

  void write(String folder, Configuration hadoop) {
    Path target = new Path(folder + "/model");
    try {
      AtomicFolder.replace(
          target,
          FILE,
          hadoop,
          (files, temporary) -> {
            try (FSDataOutputStream out = files.create(new Path(temporary, FILE), false)) {
              out.write(Json.line(this).getBytes(StandardCharsets.UTF_8));
            }
          });
    } catch (IOException e) {
      throw new LockstepException(
          "cannot write " + target + ": " + e.getMessage(), "Choose another 'output'", e);
    }
  }
}

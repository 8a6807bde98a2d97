package dev.lockstep.evaluation.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.distributor.loop.EpochReport;
import dev.lockstep.distributor.loop.StepReport;
import dev.lockstep.evaluation.comparison.Fit;
import dev.lockstep.evaluation.tensorboard.EventReader.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardFilesTest {
  private static final Fit FIT = new Fit("mlp", "", 2, Optional.empty(), Map.of());

  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();

  private TensorBoardFiles files(String at) {
    TensorBoardFiles files = new TensorBoardFiles(at, new Configuration(), warnings::add);
    files.started(new RunFolder("run-1", directory.toUri().toString()));
    return files;
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static EpochReport epoch(int number, long step, double validation) {
    return new EpochReport(
        number, step, 0.5 / number, validation, validation, true, 1e-3, 640, 2, 0.25, 0.125);
  }

  @Test
  void curves_are_read_back_while_they_grow_and_when_they_are_whole() throws IOException {
    TensorBoardFiles files = files(directory.toString());
    files.fitting(FIT);
    files.stepped("mlp", 0, new StepReport(1, 3, 7, 10, 0.75, 1000, 0, 0, 0, 1, 500));
    files.stepped("mlp", 1, new StepReport(1, 3, 8, 10, 0.75, 1000, 0, 0, 0, 1, 500));
    files.epochEnded("mlp", epoch(1, 10, Double.NaN));
    assertThat(written()).hasSize(1);
    Path file = written().get(0);
    assertThat(directory.relativize(file).toString())
        .matches("run-1/mlp/seed-2/events\\.out\\.tfevents\\.\\d{10}\\.[0-9a-f-]+");
    assertThat(EventReader.read(file))
        .extracting(s -> "%d %s %s".formatted(s.step(), s.tag(), s.value()))
        .containsExactlyInAnyOrder(
            "7 loss/epoch_so_far 0.75",
            "7 speed/rows_per_second 1000.0",
            "10 loss/training 0.5",
            "10 learning_rate 0.001",
            "10 speed/rows_per_second 320.0",
            "10 speed/data_share 0.25",
            "10 speed/communication_share 0.125");

    files.epochEnded("mlp", epoch(2, 1L << 40, 0.875));
    files.fitted(FIT, new Fit.Result(Map.of(), Map.of("test/auc", 0.9, "test/größe", 1.0)));
    List<Scalar> whole = EventReader.read(file);
    assertThat(whole)
        .extracting(s -> "%d %s %s".formatted(s.step(), s.tag(), s.value()))
        .contains(
            "1099511627776 loss/validation 0.875",
            "1099511627776 test/auc 0.9",
            "1099511627776 test/größe 1.0");
    assertThat(whole)
        .allSatisfy(
            s -> assertThat(s.time()).isCloseTo(System.currentTimeMillis() / 1e3, within(600.0)));

    files.fitting(new Fit("gbt", "split-2/", 1, Optional.of(3), Map.of()));
    assertThat(written()).anyMatch(p -> p.toString().contains("/run-1/split-2/gbt/trial-3/events"));
    files.close();
    assertThat(warnings).isEmpty();
  }

  @Test
  void a_place_that_cannot_be_written_costs_one_warning() {
    TensorBoardFiles files = files("not-there://box/curves");
    for (int i = 0; i < 2; i++) {
      files.fitting(FIT);
      files.epochEnded("mlp", epoch(1, 10, 0.5));
      files.fitted(FIT, new Fit.Result(Map.of(), Map.of()));
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("not-there://box/curves/run-1");
  }
}

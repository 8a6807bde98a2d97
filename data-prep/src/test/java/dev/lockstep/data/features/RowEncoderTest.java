package dev.lockstep.data.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowEncoderTest {
  private static final LabelLayout LABEL = new LabelLayout(Task.BINARY, List.of("0", "1"), 0, 1);

  @TempDir Path directory;
  private RowEncoder encoder;

  private void write(int buckets) throws IOException {
    FeatureModel model =
        new FeatureModel(
            new FeatureModel.Source("y", null),
            List.of(new NumericFeature("day", "standard", 10, true, List.of(10.0, 2.0))),
            List.of(new CategoricalFeature("plan", List.of("pro", "7", "true"), buckets)),
            new FeatureLayout(List.of(), List.of()),
            LABEL);
    Files.writeString(directory.resolve(RowEncoder.FILE), RowEncoder.json(model));
  }

  @BeforeEach
  void open() throws IOException {
    write(0);
    encoder = RowEncoder.open(directory);
  }

  private static Map<String, Object> row(Object day, Object plan) {
    Map<String, Object> row = new HashMap<>();
    row.put("day", day);
    row.put("plan", plan);
    return row;
  }

  @Test
  void values_of_all_kinds_have_their_places() {
    assertThat(encoder.columns()).containsExactly("day", "plan");
    assertThat(encoder.numbers(row(14, "pro"))).containsExactly(2, 0);
    assertThat(encoder.numbers(row(LocalDate.ofEpochDay(12), "pro"))).containsExactly(1, 0);
    assertThat(encoder.numbers(row(Instant.ofEpochMilli(9000), ""))).containsExactly(-0.5f, 0);
    assertThat(encoder.numbers(row(null, "pro"))).containsExactly(0, 1);
    assertThat(encoder.numbers(row(Double.NaN, "pro"))).containsExactly(0, 1);
    assertThat(encoder.indices(row(1, "pro"))).containsExactly(2);
    assertThat(encoder.indices(row(1, 7))).containsExactly(3);
    assertThat(encoder.indices(row(1, true))).containsExactly(4);
    assertThat(encoder.indices(row(1, "new"))).containsExactly(CategoricalFeature.UNSEEN);
    assertThat(encoder.indices(row(1, null))).containsExactly(CategoricalFeature.MISSING);
  }

  @Test
  void what_cannot_be_encoded_is_named() throws IOException {
    assertThatThrownBy(() -> encoder.numbers(Map.of("plan", "pro")))
        .isInstanceOf(LockstepException.class)
        .hasMessage("the row has no column 'day', a feature of the model. It needs day, plan");
    assertThatThrownBy(() -> encoder.numbers(row("14", "pro")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'day' is 14, of type String");
    assertThatThrownBy(() -> encoder.indices(row(1, 0.5)))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'plan' is 0.5, of type Double");
    assertThatThrownBy(() -> encoder.numbers(row(Instant.MAX, "pro")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'day' is +1000000000-12-31T23:59:59.999999999Z, which no timestamp");
    assertThatThrownBy(() -> encoder.numbers(row(Instant.MIN, "pro")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("'day' is -1000000000-01-01T00:00:00Z, which no timestamp");
    write(8);
    assertThatThrownBy(() -> RowEncoder.open(directory))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("feature 'plan' has indices by hash");
    Files.writeString(directory.resolve(RowEncoder.FILE), "{");
    assertThatThrownBy(() -> RowEncoder.open(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("encoder.json is damaged");
  }
}

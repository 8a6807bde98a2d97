package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.distributor.spec.TrainingOptions;
import dev.lockstep.models.EstimatorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-spark")
class TrainerTest {
  private static final int ROWS = 1500;

  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = MadeUp.spark(directory);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TrainedModel train(String name, int partitions, TrainingOptions spec) {
    return MadeUp.train(
        spark, MadeUp.rows(spark, ROWS, partitions), MadeUp.mlp(), spec, directory.resolve(name));
  }

  @Test
  void it_learns() {
    TrainedModel model = train("learns", 2, MadeUp.spec(2));
    double first = model.history().get(0).validationLoss();
    double last = model.history().get(model.history().size() - 1).validationLoss();
    assertThat(last).isLessThan(first * 0.9);
  }

  @Test
  void the_number_of_ranks_changes_losses_and_weights_by_rounding_alone() throws IOException {
    TrainedModel alone = train("w1", 2, MadeUp.spec(1));
    float[] expected = weights(alone);
    for (int ranks : new int[] {2, 3, 4, 7}) {
      TrainedModel together = train("w" + ranks, 2, MadeUp.spec(ranks));
      assertThat(together.stepLosses()).hasSameSizeAs(alone.stepLosses());
      for (int step = 0; step < alone.stepLosses().size(); step++) {
        double loss = alone.stepLosses().get(step);
        assertThat(together.stepLosses().get(step)).isCloseTo(loss, within(1e-5 * loss));
      }
      float[] actual = weights(together);
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
      }
    }
  }

  @Test
  void the_same_ranks_give_the_same_bits_whatever_the_partitions() {
    TrainedModel once = train("bits1", 1, MadeUp.spec(3));
    TrainedModel again = train("bits2", 11, MadeUp.spec(3));
    assertThat(again.weightsSha256()).isEqualTo(once.weightsSha256());
    assertThat(again.stepLosses()).isEqualTo(once.stepLosses());
  }

  @Test
  void optimizer_state_sharded_or_not_gives_the_same_bits() {
    TrainingOptions base = MadeUp.spec(3);
    TrainedModel sharded = train("sharded", 2, base);
    TrainedModel whole = train("whole", 2, Specs.with(base, "sharded", false));
    assertThat(whole.weightsSha256()).isEqualTo(sharded.weightsSha256());
  }

  @Test
  void gradients_sent_as_bfloat16_change_losses_little_and_give_the_same_bits_each_time() {
    for (boolean sharded : new boolean[] {true, false}) {
      TrainingOptions exact = Specs.with(MadeUp.spec(3), "sharded", sharded);
      TrainingOptions half = Specs.with(exact, "gradients", "bfloat16");
      TrainedModel once = train("half1", 1, half);
      TrainedModel again = train("half2", 4, half);
      assertThat(again.weightsSha256()).isEqualTo(once.weightsSha256());
      TrainedModel whole = train("half3", 2, exact);
      assertThat(once.weightsSha256()).isNotEqualTo(whole.weightsSha256());
      for (int step = 0; step < whole.stepLosses().size(); step++) {
        double loss = whole.stepLosses().get(step);
        assertThat(once.stepLosses().get(step)).isCloseTo(loss, within(0.02 * loss));
      }
    }
  }

  @Test
  void more_ranks_than_slots_is_refused_at_once_with_the_numbers() {
    assertThatThrownBy(() -> train("slots", 2, MadeUp.spec(12)))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("12 ranks need 12 task slots at once, but local[8,3] has 8");
  }

  @Test
  void a_loss_that_is_not_finite_stops_the_run_and_is_not_tried_again() {
    TrainingOptions wild = Specs.with(MadeUp.spec(2), "learningRate", 1e30);
    assertThatThrownBy(() -> train("nan", 2, wild))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("the loss is")
        .hasMessageContaining("lane")
        .hasMessageContaining("training.learningRate");
  }

  /** One step whose own loss is finite, and after which nothing is. */
  private static TrainingOptions oneWildStep(double rate) {
    TrainingOptions spec = Specs.with(Specs.with(MadeUp.spec(2), "epochs", 1), "batch", 100_000);
    return Specs.with(Specs.with(spec, "optimizer", "sgd"), "learningRate", rate);
  }

  private static void assertDiverged(String name, Dataset<Row> rows, TrainingOptions spec) {
    assertThatThrownBy(() -> MadeUp.train(spark, rows, MadeUp.mlp(), spec, directory.resolve(name)))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("training of mlp diverged")
        .hasMessageContaining("epoch 1")
        .hasMessageContaining("the last finite loss of a step was 0.")
        .hasMessageContaining("training.learningRate")
        .hasMessageContaining("training.clipNorm")
        .hasMessageNotContaining("checkpoint");
    assertThat(directory.resolve(name).resolve("model")).doesNotExist();
  }

  @Test
  void weights_or_outputs_that_overflow_in_the_last_step_are_never_a_result() {
    Dataset<Row> rows = MadeUp.rows(spark, ROWS, 2);
    Dataset<Row> unvalidated = rows.where("split != 'validation'");
    for (double rate : new double[] {1e30, 1e300}) {
      assertDiverged("validated" + rate, rows, oneWildStep(rate));
      assertDiverged("unvalidated" + rate, unvalidated, oneWildStep(rate));
    }
    TrainingOptions averaged = Specs.with(oneWildStep(1e30), "ema", 0.5);
    assertDiverged("averaged", unvalidated, averaged);
    assertDiverged("accuracy", rows, Specs.with(oneWildStep(1e30), "metric", "accuracy"));
  }

  @Test
  void without_validation_rows_the_last_epoch_is_kept() {
    Dataset<Row> rows = MadeUp.rows(spark, ROWS, 2).where("split != 'validation'");
    TrainedModel model =
        MadeUp.train(spark, rows, MadeUp.mlp(), MadeUp.spec(2), directory.resolve("unvalidated"));
    assertThat(model.bestEpoch()).isEqualTo(3);
  }

  @Test
  void an_unknown_option_of_the_model_is_named_before_any_rank_starts() {
    Dataset<Row> rows = MadeUp.rows(spark, 100, 1);
    EstimatorSpec model = new EstimatorSpec("mlp", Map.of("widht", 3));
    assertThatThrownBy(
            () -> MadeUp.train(spark, rows, model, MadeUp.spec(2), directory.resolve("option")))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("mlp has no option 'widht'");
  }

  private static float[] weights(TrainedModel model) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(Path.of(model.folder(), SavedModel.WEIGHTS)));
    bytes.order(java.nio.ByteOrder.BIG_ENDIAN).getInt();
    int count = bytes.getInt();
    List<Float> all = new java.util.ArrayList<>();
    for (int i = 0; i < count; i++) {
      bytes.position(bytes.position() + bytes.getInt(bytes.position()) + Integer.BYTES);
      int dimensions = bytes.getInt();
      long size = 1;
      for (int d = 0; d < dimensions; d++) {
        size *= bytes.getLong();
      }
      for (int j = 0; j < size; j++) {
        all.add(Float.intBitsToFloat(Integer.reverseBytes(bytes.getInt())));
      }
    }
    float[] values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }
}

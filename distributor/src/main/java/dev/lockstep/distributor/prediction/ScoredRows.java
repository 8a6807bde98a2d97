package dev.lockstep.distributor.prediction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.engine.Autograd;
import dev.lockstep.models.engine.Libtorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/** The rows of a partition with their predictions, batch by batch. */
final class ScoredRows implements Iterator<Row> {
  private static final int BATCH = 4096;
  private static final int NUMERIC = 3;
  private static final int CATEGORICAL = 4;

  private final Iterator<Row> rows;
  private final ModelCard card;
  private final NDManager manager;
  private final Block network;
  private final ArrayDeque<Row> scored = new ArrayDeque<>();

  ScoredRows(Iterator<Row> rows, String folder, Configuration hadoop) throws IOException {
    this.rows = rows;
    this.card = SavedModel.card(folder, hadoop);
    this.manager = Libtorch.manager(1);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) ended -> manager.close());
    Path local = SparkEnv.get().blockManager().diskBlockManager().localDirs()[0].toPath();
    this.network = SavedModel.open(card, folder, manager, local, hadoop);
  }

  @Override
  public boolean hasNext() {
    return !scored.isEmpty() || rows.hasNext();
  }

  @Override
  public Row next() {
    if (scored.isEmpty()) {
      fill();
    }
    return scored.remove();
  }

  private void fill() {
    List<Row> batch = new ArrayList<>();
    while (batch.size() < BATCH && rows.hasNext()) {
      batch.add(rows.next());
    }
    if (batch.isEmpty()) {
      throw new NoSuchElementException("no more rows");
    }
    int size = batch.size();
    int numeric = card.schema().numeric();
    int categorical = card.schema().categorical();
    float[] x = new float[size * numeric];
    int[] c = new int[size * categorical];
    for (int i = 0; i < size; i++) {
      int row = i;
      int at = row * numeric;
      for (Object value : batch.get(row).<Object>getList(NUMERIC)) {
        x[at++] = (Float) value;
      }
      at = row * categorical;
      for (Object value : batch.get(row).<Object>getList(CATEGORICAL)) {
        c[at++] = (Integer) value;
      }
    }
    float[] predictions = predict(x, c, size);
    int width = predictions.length / size;
    for (int i = 0; i < size; i++) {
      Double[] own = new Double[width];
      for (int k = 0; k < width; k++) {
        own[k] = card.inLabelUnits(predictions[i * width + k]);
      }
      Row row = batch.get(i);
      scored.add(RowFactory.create(row.get(0), row.get(1), row.get(2), own));
    }
  }

  private float[] predict(float[] x, int[] c, int size) {
    Autograd.setRecording(false);
    try (NDManager open = manager.newSubManager()) {
      NDArray numeric = matrix(open, x.length == 0 ? null : open.create(x), size, DataType.FLOAT32);
      NDArray categorical =
          matrix(open, c.length == 0 ? null : open.create(c), size, DataType.INT32);
      NDArray logits =
          network
              .forward(new ParameterStore(open, false), new NDList(numeric, categorical), false)
              .singletonOrThrow();
      return card.link().predictions(logits).toFloatArray();
    }
  }

  private static NDArray matrix(NDManager manager, NDArray values, int rows, DataType type) {
    return values == null ? manager.zeros(new Shape(rows, 0), type) : values.reshape(rows, -1);
  }
}

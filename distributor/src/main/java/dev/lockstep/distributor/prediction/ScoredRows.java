package dev.lockstep.distributor.prediction;

import dev.lockstep.distributor.saved.SavedModel;
import dev.lockstep.models.ModelCard;
import dev.lockstep.models.SavedNetwork;
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
  private final SavedNetwork network;
  private final ArrayDeque<Row> scored = new ArrayDeque<>();

  ScoredRows(Iterator<Row> rows, String folder, Configuration hadoop) throws IOException {
    this.rows = rows;
    Path local = SparkEnv.get().blockManager().diskBlockManager().localDirs()[0].toPath();
    Libtorch.setThreads(1);
    this.network = SavedModel.open(folder, local, hadoop);
    this.card = network.card();
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) ended -> network.close());
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
    float[] predictions = network.score(x, c, size).predictions();
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
}

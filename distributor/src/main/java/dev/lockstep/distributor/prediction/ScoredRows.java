package dev.lockstep.distributor.prediction;

import dev.lockstep.models.ModelCard;
import dev.lockstep.models.engine.Libtorch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of a partition with their predictions, batch by batch. */
final class ScoredRows implements Iterator<Row> {
  private static final int BATCH = 1024;
  private static final int NUMERIC = 3;
  private static final int CATEGORICAL = 4;

  private final Iterator<Row> rows;
  private final ModelCard card;
  private final SharedNetwork shared; // Kept: the network is closed when nobody refers to it.
  private final ArrayDeque<Row> scored = new ArrayDeque<>();

  ScoredRows(Iterator<Row> rows, SharedNetwork shared) {
    this.rows = rows;
    this.shared = shared;
    this.card = shared.network().card();
    Libtorch.setThreads(1); // Whatever the thread did before: sums could depend on it.
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
    // What fills up the last batch makes no difference to the others.
    float[] x = new float[BATCH * numeric];
    int[] c = new int[BATCH * categorical];
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
    float[] predictions = shared.network().score(x, c, BATCH).predictions();
    int width = predictions.length / BATCH;
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

package dev.lockstep.models;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of all sharded tables of a network. An id names an index of a categorical feature, so it
 * has one row that holds the vectors of all tables side by side: a batch asks for it once. What a
 * row is worth before it is trained is a function of the seed and the id, the values that a table
 * in one piece would begin with.
 */
public final class EmbeddingLayout {
  /** Number of lanes of the ids. A rank owns a run of them, as it owns a run of the rows' lanes. */
  public static final int LANES = 64;

  private static final int LANE_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(LANES);

  private final List<Part> parts;
  private final long[] bases;
  private final int width;

  /**
   * One table within a row.
   *
   * @param parameter stands for the table in the network
   * @param table the table
   * @param offset place of its first value within a row
   * @param seed of its initial values
   * @param firstRows for each categorical feature of the network the table's first row for it; -1
   *     where the table does not have it
   */
  private record Part(
      Parameter parameter, EmbeddingTable table, int offset, long seed, List<Long> firstRows) {}

  private EmbeddingLayout(List<Part> parts, FeatureSchema schema) {
    this.parts = List.copyOf(parts);
    this.width = parts.stream().mapToInt(p -> p.table().width()).sum();
    this.bases = new long[schema.categorical() + 1];
    for (int j = 0; j < schema.categorical(); j++) {
      bases[j + 1] = bases[j] + schema.cardinalities().get(j);
    }
  }

  /**
   * The layout of a network's sharded tables; empty where it has none.
   *
   * @param block the network, as it was built
   * @param schema what it is fed
   * @param seed seed of the run, which decides the initial values
   */
  public static Optional<EmbeddingLayout> of(Block block, FeatureSchema schema, long seed) {
    List<Part> parts = new ArrayList<>();
    int offset = 0;
    for (Map.Entry<Parameter, Long> entry : Networks.seeds(block, seed).entrySet()) {
      Optional<EmbeddingTable> table = TabularBlock.table(block, entry.getKey());
      if (table.isPresent()) {
        List<Long> firstRows = firstRows(table.get(), schema.categorical());
        parts.add(new Part(entry.getKey(), table.get(), offset, entry.getValue(), firstRows));
        offset += table.get().width();
      }
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(new EmbeddingLayout(parts, schema));
  }

  private static List<Long> firstRows(EmbeddingTable table, int features) {
    Long[] firstRows = new Long[features];
    Arrays.fill(firstRows, -1L);
    long row = 0;
    for (int i = 0; i < table.columns().size(); i++) {
      firstRows[table.columns().get(i)] = row;
      row += table.cardinalities().get(i);
    }
    return List.of(firstRows);
  }

  /** Number of values of a row. */
  public int width() {
    return width;
  }

  /** Number of categorical features of the network. */
  public int features() {
    return bases.length - 1;
  }

  /**
   * The id of an index of a categorical feature.
   *
   * @throws IllegalArgumentException if the feature does not have the index
   */
  public long id(int feature, int index) {
    long id = bases[feature] + index;
    if (index < 0 || id >= bases[feature + 1]) {
      throw new IllegalArgumentException(
          "categorical feature %d has indices 0 to %d, not %d"
              .formatted(feature, bases[feature + 1] - bases[feature] - 1, index));
    }
    return id;
  }

  /** Number of values of each table's part of a row, in their order. */
  public int[] widths() {
    return parts.stream().mapToInt(p -> p.table().width()).toArray();
  }

  /** Where a table's values begin within a row. */
  public int offset(int part) {
    return parts.get(part).offset();
  }

  /** Bits for a hash table of ids. */
  public static int hash(long id) {
    return (int) (id * Initial.GOLDEN_GAMMA >>> 32);
  }

  /** The place of a table among those of a row. */
  public int part(Parameter parameter) {
    for (int p = 0; p < parts.size(); p++) {
      if (parts.get(p).parameter() == parameter) {
        return p;
      }
    }
    throw new IllegalStateException("expected a sharded table of this network: " + parameter);
  }

  /** The categorical features that a table has, in its order. */
  public List<Integer> columns(int part) {
    return parts.get(part).table().columns();
  }

  /** The lane of an id, in {@code [0, LANES)}. */
  public static int lane(long id) {
    long mixed = (id + 1) * Initial.GOLDEN_GAMMA; // Neighbours go to different lanes.
    return (int) ((mixed ^ (mixed >>> 32)) * Initial.GOLDEN_GAMMA >>> LANE_SHIFT);
  }

  /**
   * What a row is worth before it is trained; values of tables without the id's feature are 0.
   *
   * @param values takes the row
   * @param at where
   */
  public void initial(long id, float[] values, int at) {
    int found = Arrays.binarySearch(bases, id);
    int feature = found >= 0 ? found : -found - 2;
    for (Part part : parts) {
      long first = part.firstRows().get(feature);
      int size = part.table().width();
      if (first < 0) {
        Arrays.fill(values, at + part.offset(), at + part.offset() + size, 0);
      } else {
        long row = first + id - bases[feature];
        part.table().initial().fill(part.seed(), row * size, values, at + part.offset(), size);
      }
    }
  }
}

package dev.lockstep.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The sharded tables of a saved network, mapped: what is asked for is in memory, and the operating
 * system decides for how long. Several threads may look up at once.
 */
public final class SavedEmbeddings {
  private final EmbeddingLayout layout;

  /** For each lane the file that has it. */
  private final List<EmbeddingFile> ofLane;

  private SavedEmbeddings(EmbeddingLayout layout, List<EmbeddingFile> ofLane) {
    this.layout = layout;
    this.ofLane = List.copyOf(ofLane);
  }

  /**
   * What a card says of the files beside the weights.
   *
   * @param seed seed of the run: it gives the rows that were never trained
   * @param files the files, whose lanes follow each other
   */
  public record Manifest(long seed, List<Lanes> files) {
    /** Checks that they have all lanes. */
    public Manifest {
      files = List.copyOf(files);
      int next = 0;
      for (Lanes file : files) {
        next = file.from() == next && file.to() > next ? file.to() : -1;
      }
      if (next != EmbeddingLayout.LANES) {
        throw new IllegalArgumentException("embeddings of other lanes than this release has");
      }
    }
  }

  /** Whether a file's name is that of a file of embeddings. */
  public static boolean isFile(String name) {
    return name.matches("embeddings-\\d{2}\\.bin");
  }

  /**
   * A file with a run of lanes.
   *
   * @param from the first lane
   * @param to the lane after the last
   * @param sha256 SHA-256 of the file, in hexadecimal
   */
  public record Lanes(int from, int to, String sha256) {
    /** The file's name. */
    public String file() {
      return name(from);
    }

    /** The name of the file that begins with a lane. */
    public static String name(int from) {
      return "embeddings-%02d.bin".formatted(from);
    }
  }

  /**
   * Maps the files of a folder of this machine, which have been checked.
   *
   * @throws IOException if one is missing or not whole
   */
  public static SavedEmbeddings map(Path folder, Manifest manifest, EmbeddingLayout layout)
      throws IOException {
    List<EmbeddingFile> ofLane = new ArrayList<>();
    for (Lanes lanes : manifest.files()) {
      EmbeddingFile file = EmbeddingFile.map(folder.resolve(lanes.file()), layout.width());
      ofLane.addAll(Collections.nCopies(lanes.to() - lanes.from(), file));
    }
    return new SavedEmbeddings(layout, ofLane);
  }

  /** Copies the row of an id: as it was trained, or as it would begin. */
  public void copy(long id, float[] row, int at) {
    EmbeddingFile file = ofLane.get(EmbeddingLayout.lane(id));
    int found = file.find(id);
    if (found < 0) {
      layout.initial(id, row, at);
    } else {
      file.copy(found, row, at);
    }
  }

  /** As {@link EmbeddingLookup#embedded}, without gradients. */
  NDArray embedded(Parameter table, NDArray indices) {
    int part = layout.part(table);
    List<Integer> columns = layout.columns(part);
    int width = layout.widths()[part];
    int offset = layout.offset(part);
    int[] all = indices.toIntArray();
    int rows = all.length / layout.features();
    float[] values = new float[rows * columns.size() * width];
    float[] row = new float[layout.width()];
    int at = 0;
    for (int i = 0; i < rows; i++) {
      for (int column : columns) {
        copy(layout.id(column, all[i * layout.features() + column]), row, 0);
        System.arraycopy(row, offset, values, at, width);
        at += width;
      }
    }
    return indices.getManager().create(values, new Shape(rows, columns.size(), width));
  }
}

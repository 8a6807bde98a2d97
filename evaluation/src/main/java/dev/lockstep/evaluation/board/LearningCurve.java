package dev.lockstep.evaluation.board;

import dev.lockstep.distributor.experiment.HistoryFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a network learned, as {@link HistoryFile} has it.
 *
 * @param name the network and its seed
 * @param points the epochs
 */
record LearningCurve(String name, List<Point> points) {
  static final int MOST_CURVES = 6;
  static final int MOST_POINTS = 60;

  private static final List<String> COLUMNS =
      List.of("model", "seed", "epoch", "trainingLoss", "validationLoss", "validationMetric");

  LearningCurve {
    points = List.copyOf(points);
  }

  /**
   * An epoch; null where there is no value.
   *
   * @param epoch its number, from 1
   * @param train mean loss of training
   * @param validation mean loss on the validation split
   * @param metric the validation metric
   */
  record Point(int epoch, Double train, Double validation, Double metric) {}

  /**
   * The first curves of a file, each thinned out.
   *
   * @return none where the text is not such a file; without the lines that are not whole
   */
  static List<LearningCurve> read(String csv) {
    List<String> lines = csv.lines().toList();
    List<String> head = lines.isEmpty() ? List.of() : Arrays.asList(lines.get(0).split(","));
    if (!head.containsAll(COLUMNS)) {
      return List.of();
    }
    int[] places = COLUMNS.stream().mapToInt(head::indexOf).toArray();
    // Of an epoch that is there twice, as training began again at a checkpoint, the later one.
    Map<String, TreeMap<Integer, Point>> curves = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      if (cells.length == head.size() && cells[places[2]].matches("\\d{1,9}")) {
        Point point =
            new Point(
                Integer.parseInt(cells[places[2]]),
                number(cells[places[3]]),
                number(cells[places[4]]),
                number(cells[places[5]]));
        curves
            .computeIfAbsent(
                cells[places[0]] + ", seed " + cells[places[1]], name -> new TreeMap<>())
            .put(point.epoch(), point);
      }
    }
    return curves.entrySet().stream()
        .limit(MOST_CURVES)
        .map(e -> new LearningCurve(e.getKey(), thinned(List.copyOf(e.getValue().values()))))
        .toList();
  }

  /** The first, the last, and what lies evenly between. */
  private static List<Point> thinned(List<Point> points) {
    if (points.size() <= MOST_POINTS) {
      return points;
    }
    List<Point> kept = new ArrayList<>();
    for (int i = 0; i < MOST_POINTS; i++) {
      kept.add(points.get((int) ((long) i * (points.size() - 1) / (MOST_POINTS - 1))));
    }
    return kept;
  }

  private static Double number(String cell) {
    try {
      double value = Double.parseDouble(cell);
      return Double.isFinite(value) ? BoardNumbers.rounded(value) : null;
    } catch (NumberFormatException e) {
      return null; // Nothing stands for no value.
    }
  }
}

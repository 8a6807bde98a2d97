package dev.lockstep.evaluation.report;

import dev.lockstep.data.Figures;
import dev.lockstep.evaluation.leaderboard.Leaderboard;
import dev.lockstep.evaluation.leaderboard.Standing;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The mean ranks of models on one axis, with a bar under those that are not shown to differ: a
 * critical-difference diagram (Demsar, Journal of Machine Learning Research 2006).
 */
final class RankDiagram {
  private static final int WIDTH = 420;
  private static final int SIDE = 24;
  private static final int AXIS = 34;
  private static final int BAR = 9;
  private static final int ROW = 20;

  private final Leaderboard board;
  private final int models;

  RankDiagram(Leaderboard board) {
    this.board = board;
    this.models = board.standings().size();
  }

  String svg() {
    List<List<Standing>> groups = board.groups();
    int bars = AXIS + 12 + BAR * groups.size();
    int half = (models + 1) / 2;
    int height = bars + ROW * half + 14;
    String title = "Mean ranks; a bar joins models that are not shown to differ";
    StringBuilder svg = new StringBuilder(Svg.figure(WIDTH, height, title, description(groups)));
    svg.append(Svg.line(SIDE, AXIS, WIDTH - SIDE, AXIS, "axis-line"));
    for (int rank = 1; rank <= models; rank++) {
      svg.append(Svg.line(x(rank), AXIS - 5, x(rank), AXIS, "axis-line"));
      svg.append(Svg.text(x(rank), AXIS - 10, "middle", String.valueOf(rank)));
    }
    for (int g = 0; g < groups.size(); g++) {
      List<Standing> group = groups.get(g);
      double from = x(group.get(0).meanRank()) - 3;
      double to = x(group.get(group.size() - 1).meanRank()) + 3;
      double y = AXIS + 10 + BAR * g;
      svg.append(Svg.line(from, y, to, y, "group"));
    }
    for (int i = 0; i < models; i++) {
      Standing one = board.standings().get(i);
      boolean left = i < half;
      double y = bars + ROW * (left ? i : models - 1 - i) + 12;
      double end = left ? SIDE : WIDTH - SIDE;
      String name = one.name() + " " + Figures.of(one.meanRank(), 2);
      svg.append(Svg.line(x(one.meanRank()), AXIS, x(one.meanRank()), y, "leader"));
      svg.append(Svg.line(x(one.meanRank()), y, end, y, "leader"));
      svg.append(Svg.text(end, y - 3, left ? "start" : "end", name));
    }
    return svg + "</svg><figcaption>" + Html.escape(title) + "</figcaption></figure>";
  }

  private double x(double rank) {
    return SIDE + (rank - 1) / Math.max(1, models - 1) * (WIDTH - 2.0 * SIDE);
  }

  private static String description(List<List<Standing>> groups) {
    return groups.isEmpty()
        ? "All models differ."
        : groups.stream()
            .map(g -> g.stream().map(Standing::name).collect(Collectors.joining(", ")))
            .collect(Collectors.joining("; ", "Not shown to differ: ", "."));
  }
}

package dev.lockstep.evaluation.board;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Tables by what tells them apart: paths without the folders that all of them are in. */
final class TableNames {
  private final List<String> common;

  /** Names for some tables, which are paths or names in a catalog. */
  TableNames(Collection<String> tables) {
    List<String> parts =
        tables.stream()
            .filter(TableNames::isPath)
            .map(TableNames::parts)
            .map(own -> own.subList(0, own.size() - 1))
            .reduce(TableNames::common)
            .orElse(List.of());
    this.common = parts;
  }

  private static boolean isPath(String table) {
    return table.contains("/");
  }

  private static List<String> parts(String table) {
    return Arrays.asList(table.split("/+"));
  }

  private static List<String> common(List<String> one, List<String> other) {
    int same = 0;
    while (same < Math.min(one.size(), other.size()) && one.get(same).equals(other.get(same))) {
      same++;
    }
    return one.subList(0, same);
  }

  String of(String table) {
    List<String> parts = parts(table);
    return isPath(table) ? String.join("/", parts.subList(common.size(), parts.size())) : table;
  }
}

package dev.lockstep.evaluation.comparison;

import dev.lockstep.data.Json;
import dev.lockstep.distributor.experiment.RunFolder;
import dev.lockstep.evaluation.report.HtmlReport;
import dev.lockstep.evaluation.report.MarkdownReport;
import dev.lockstep.evaluation.result.ComparisonResult;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** What a comparison leaves in its run's folder: a page, Markdown and JSON. */
public final class KeptComparison {
  private static final String RESULT = "result.json";

  private KeptComparison() {}

  static void write(ComparisonResult result, RunFolder folder, Configuration hadoop) {
    folder.write("report.html", HtmlReport.render(result), hadoop);
    folder.write("report.md", MarkdownReport.render(result), hadoop);
    folder.write(RESULT, Json.line(result), hadoop);
  }

  /**
   * Reads it.
   *
   * @return empty if there is none, or it is of a release with other parts
   * @throws dev.lockstep.data.LockstepException if the folder cannot be read
   */
  public static Optional<ComparisonResult> read(RunFolder folder, Configuration hadoop) {
    return folder
        .read(RESULT, hadoop)
        .flatMap(
            json -> {
              try {
                return Optional.of(Json.read(json, ComparisonResult.class));
              } catch (IllegalArgumentException e) {
                return Optional.empty();
              }
            });
  }
}

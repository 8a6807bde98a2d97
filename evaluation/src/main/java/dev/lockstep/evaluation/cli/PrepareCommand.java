package dev.lockstep.evaluation.cli;

import dev.lockstep.data.recipe.Prepare;
import dev.lockstep.data.recipe.PrepareOptions;
import dev.lockstep.data.recipe.PrepareReport;
import dev.lockstep.data.recipe.Recipe;
import dev.lockstep.data.yaml.YamlFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep prepare}. */
@Command(
    name = "prepare",
    description =
        "Makes a recipe's feature table, or updates it by what has changed in its sources.")
final class PrepareCommand implements Callable<Integer> {
  @Mixin private CommonOptions options;

  @Parameters(paramLabel = "RECIPE", description = "A recipe file.")
  private String file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The feature table. Default: the recipe's 'output'.")
  private String out;

  @Option(names = "--full", description = "Compute all rows, even if an update would do.")
  private boolean full;

  @Option(names = "--evolve", description = "Let the table's columns change with the recipe.")
  private boolean evolve;

  @Override
  public Integer call() {
    String text = YamlFile.text(file, "recipe");
    Recipe recipe = Recipe.parse(text, file);
    PrepareOptions how = new PrepareOptions(out == null ? recipe.output() : out, full, evolve);
    Prepare prepare = new Prepare(CommandSession.of(options), recipe, text, how);
    PrepareReport report = options.progress().during("preparing " + how.out(), prepare::run);
    options.print(report, report.text());
    return 0;
  }
}

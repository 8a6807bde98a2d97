package dev.lockstep.evaluation.cli;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.recipe.PrepareReport;
import dev.lockstep.data.snapshot.Snapshot;
import dev.lockstep.distributor.experiment.Experiment;
import dev.lockstep.distributor.experiment.ExperimentFile;
import dev.lockstep.distributor.rendezvous.RendezvousOptions;
import dev.lockstep.evaluation.demo.Shop;
import dev.lockstep.evaluation.demo.ShopRecipe;
import dev.lockstep.evaluation.ledger.Ledger;
import dev.lockstep.evaluation.ledger.LedgerPath;
import dev.lockstep.evaluation.ledger.RecordedComparison;
import dev.lockstep.evaluation.report.TextTable;
import dev.lockstep.evaluation.result.ComparisonResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep demo}. */
@Command(
    name = "demo",
    description =
        "Shows all of it on a made-up shop: Delta tables, features, two ranks against GBT, the same"
            + " bits again.")
final class DemoCommand implements Callable<Integer> {
  private static final String MARKER = ".lockstep-demo";

  @Mixin private CommonOptions options;

  @Option(
      names = "--dir",
      defaultValue = "lockstep-demo",
      description =
          "Folder for tables and runs; an earlier demo's folder is replaced. Default: ${DEFAULT-VALUE}.")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    makeFolder();
    SparkSession spark = CommandSession.of(options);
    Progress progress = options.progress();
    Shop shop = new Shop(spark, folder.toString(), Shop.CUSTOMERS);
    progress.during("making the shop's tables", shop::open);
    Snapshot events = Snapshot.resolve(spark, shop.events(), null, null);
    progress.done(
        "made %s: %,d events in version %d (two loads, late corrections, a load with a new column)"
            .formatted(shop.events(), events.rows(), events.version()));
    String recipe = ShopRecipe.text(folder.toString());
    Files.writeString(folder.resolve("recipe.yaml"), recipe);
    PrepareReport pinned = shop.prepare(recipe);
    progress.done(
        "made %s by %s: features of %,d customers, pinned at version %d"
            .formatted(
                pinned.table(), folder.resolve("recipe.yaml"), pinned.rows(), pinned.version()));
    Path file = folder.resolve("experiment.yaml");
    Files.writeString(file, experiment(pinned.table(), pinned.version()));
    Experiment experiment = ExperimentFile.read(file);
    Ledger ledger = new Ledger(spark, LedgerPath.beside(experiment.output()));
    RecordedComparison comparison =
        new RecordedComparison(
            spark, RendezvousOptions.defaults(), new ProgressListener(progress), ledger);
    ComparisonResult first = comparison.run(experiment, "bin/lockstep compare " + file, Map.of());
    shop.trade();
    Snapshot later = Snapshot.resolve(spark, shop.events(), null, null);
    PrepareReport now = shop.prepare(recipe);
    progress.done(
        "the shop went on: events are at version %d, features at %d (%,d customers computed again); the experiment stays at %d"
            .formatted(
                later.version(), now.version(), now.keys().orElse(now.rows()), pinned.version()));
    ComparisonResult again = comparison.run(experiment, "bin/lockstep compare " + file, Map.of());
    boolean same = same(first, again);
    options.print(
        first,
        TextTable.render(first)
            + "\n\n"
            + (same
                ? "Run again after the later commit: the same weights, bit for bit, and the same metrics."
                : "Run again after the later commit: the result DIFFERS. That is a bug."));
    return same ? 0 : 1;
  }

  private static boolean same(ComparisonResult first, ComparisonResult again) {
    boolean weights = first.weightsSha256().equals(again.weightsSha256());
    boolean metrics = true;
    for (int i = 0; i < first.models().size(); i++) {
      metrics &= first.models().get(i).metrics().equals(again.models().get(i).metrics());
    }
    return weights && metrics;
  }

  private static String experiment(String features, long version) {
    return """
        # Who leaves the shop?
        table: %s
        version: %d
        task: binary
        label: left
        positive: "yes"
        key: customer_id
        model: {name: mlp, hidden: [64, 64], dropout: 0.1}
        training: {ranks: 2, epochs: 15, patience: 4, batch: 128}
        baselines: [{name: gbt, trees: 20}]
        seed: 7
        output: %s
        """
        .formatted(features, version, Path.of(features).resolveSibling("runs"));
  }

  /** Removes what a former demo made, and nothing else. */
  private void makeFolder() throws IOException {
    if (Files.exists(folder)) {
      boolean ours = Files.exists(folder.resolve(MARKER));
      try (Stream<Path> inside = Files.list(folder)) {
        if (!ours && inside.findAny().isPresent()) {
          throw new LockstepException(
              folder + " is there already, and no demo has made it", "Choose another --dir");
        }
      }
      List<Path> all;
      try (Stream<Path> paths = Files.walk(folder)) {
        all = paths.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : all) {
        Files.delete(path);
      }
    }
    Files.createDirectories(folder);
    Files.createFile(folder.resolve(MARKER));
  }
}

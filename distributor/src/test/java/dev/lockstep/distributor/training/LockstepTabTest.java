package dev.lockstep.distributor.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.distributor.internal.spark.ui.LockstepTab;
import dev.lockstep.distributor.loop.StepReport;
import dev.lockstep.distributor.spec.Network;
import dev.lockstep.distributor.spec.TrainingOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.history.FsHistoryProvider;
import org.apache.spark.deploy.history.HistoryServer;
import org.apache.spark.deploy.history.HistoryServer$;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tab over HTTP: in a running application, and in a history server that reads its log. */
@Tag("every-spark")
class LockstepTabTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

  /** What begins the page's own part, after the frame that Spark puts around it. */
  private static final Pattern TRAINING =
      Pattern.compile("<h4>mlp, seed 1, on 2 ranks: .*(?=<h4>Trainings)", Pattern.DOTALL);

  @TempDir Path directory;

  @Test
  @Timeout(240)
  void it_shows_curves_ranks_and_attempts_live_and_afterwards() throws Exception {
    Path log = Files.createDirectory(directory.resolve("log"));
    SparkSession spark =
        MadeUp.builder(directory)
            .appName("a <b>tab</b>")
            .config("spark.ui.enabled", true)
            .config("spark.ui.port", 0)
            .config("spark.eventLog.enabled", true)
            .config("spark.eventLog.dir", log.toUri().toString())
            .getOrCreate();
    String application = spark.sparkContext().applicationId();
    String live;
    String diverged;
    try {
      String address = LockstepTab.address(spark.sparkContext().uiWebUrl().get());
      Disturbing listener = new Disturbing(address);
      TrainingOptions options =
          Specs.with(
              Specs.with(MadeUp.spec(2), "epochs", 5), "checkpoint", Map.of("everySteps", 10));
      train(spark, options, "run-1/mlp", listener);
      live = awaitPage(address, ": done");
      assertThat(listener.page.get()).contains("mlp, seed 1, on 2 ranks: running");
      assertThat(listener.page.get()).contains("http-equiv=\"refresh\"");
      TrainingOptions steep = Specs.with(MadeUp.spec(2), "learningRate", 1e30);
      assertThatThrownBy(() -> train(spark, steep, "run-2/mlp", TrainingListener.NONE))
          .isInstanceOf(LockstepException.class);
      diverged = awaitPage(address, ": failed");
    } finally {
      spark.stop();
    }
    assertThat(live)
        .contains("<title>Loss</title>", "<polyline", "training loss: ", "validation loss: ");
    assertThat(live).containsPattern("<h5>Ranks.*<td class=\"text-end text-nowrap\">1</td>");
    assertThat(live).contains("<h5>Attempts (2)</h5>").containsPattern("rank [01] failed: ");
    assertThat(live).containsPattern("<h5>Checkpoints \\([1-9][0-9]*\\)</h5>");
    assertThat(live).contains("Epoch 5 of at most 5", "SHA-256 of the weights ");
    assertThat(diverged).contains("training of mlp diverged");
    String history = inHistory(log, application);
    assertThat(training(history)).isEqualTo(training(diverged));
  }

  private TrainedModel train(
      SparkSession spark, TrainingOptions options, String folder, TrainingListener listener) {
    return MadeUp.train(
        spark,
        MadeUp.rows(spark, 1500, 2),
        Network.of(MadeUp.mlp(), options),
        directory.resolve(folder),
        false,
        listener);
  }

  /** Interrupts a rank when it has begun to train, and looks at the page then. */
  private static final class Disturbing implements TrainingListener {
    final AtomicReference<String> page = new AtomicReference<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final String address;

    Disturbing(String address) {
      this.address = address;
    }

    @Override
    public void stepped(String model, int rank, StepReport report) {
      if (done.compareAndSet(false, true)) {
        page.set(awaitPage(address, ": running"));
        Thread.getAllStackTraces().keySet().stream()
            .filter(
                thread -> thread.getName().startsWith("Executor task launch worker for task 1."))
            .forEach(Thread::interrupt);
      }
    }
  }

  /** The application's page in Spark's history server. */
  private static String inHistory(Path log, String application) throws IOException {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.history.fs.logDirectory", log.toUri().toString())
            .set("spark.ui.port", "0");
    FsHistoryProvider provider = new FsHistoryProvider(conf);
    HistoryServer server =
        new HistoryServer(conf, provider, HistoryServer$.MODULE$.createSecurityManager(conf), 0);
    try {
      server.bind();
      provider.start();
      String root = "http://localhost:%d/history/%s".formatted(server.boundPort(), application);
      return awaitPage(LockstepTab.address(root), "<h4>Trainings");
    } finally {
      server.stop();
      provider.stop();
    }
  }

  private static String training(String page) {
    Matcher found = TRAINING.matcher(page);
    assertThat(found.find()).as(page).isTrue();
    return found.group();
  }

  /** The page, as soon as it has a text: Spark's listeners hear of things a little later. */
  private static String awaitPage(String address, String text) {
    try {
      while (true) {
        HttpResponse<String> response =
            CLIENT.send(
                HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 200 && response.body().contains(text)) {
          return response.body();
        }
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}

package dev.lockstep.distributor.internal.spark.ui;

import dev.lockstep.data.Figures;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.Epoch;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.ModelTrained;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.Position;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.RankTime;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrainingStarted;
import dev.lockstep.distributor.internal.spark.ui.LockstepEvent.TrialJudged;
import dev.lockstep.distributor.internal.spark.ui.Markup.Cell;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.ui.UIUtils$;
import org.apache.spark.ui.WebUIPage;
import scala.Function0;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.xml.Node;
import scala.xml.Unparsed;

/** The page: the runs of the application, one training in full, all trainings, all trials. */
final class LockstepPage extends WebUIPage {
  private static final String REFRESH = "<meta http-equiv=\"refresh\" content=\"5\">";
  private static final String PAUSED = "paused";

  private final LockstepTab tab;
  private final Views views;

  LockstepPage(LockstepTab tab, Views views) {
    super("");
    this.tab = tab;
    this.views = views;
  }

  @Override
  public Seq<Node> render(HttpServletRequest request) {
    String training = String.valueOf(request.getParameter("training"));
    boolean paused = request.getParameter(PAUSED) != null;
    return sparkPage(request, () -> new Unparsed(content(training, paused)));
  }

  /** Calls Spark's frame of a page, whose last parameters, all optional, differ by version. */
  @SuppressWarnings("unchecked")
  private Seq<Node> sparkPage(HttpServletRequest request, Function0<Seq<Node>> content) {
    Method frame =
        Arrays.stream(UIUtils$.class.getMethods())
            .filter(method -> method.getName().equals("headerSparkPage"))
            .findFirst()
            .orElseThrow();
    Object[] arguments = new Object[frame.getParameterCount()];
    Arrays.fill(arguments, false);
    List<Object> first = List.of(request, "Lockstep", content, tab, Option.empty());
    System.arraycopy(first.toArray(), 0, arguments, 0, first.size());
    try {
      return (Seq<Node>) frame.invoke(UIUtils$.MODULE$, arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("expected a page, got " + e.getCause(), e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("expected Spark's method to be public", e);
    }
  }

  /** The page without Spark's frame. */
  private String content(String training, boolean paused) {
    List<RunView> runs = views.runs();
    List<TrainingView> trainings = views.trainings();
    Markup page = new Markup();
    boolean running =
        trainings.stream().anyMatch(TrainingView::isRunning)
            || runs.stream().anyMatch(run -> run.ended() == null);
    if (tab.isLive() && running) {
      live(page, paused);
    }
    if (runs.isEmpty() && trainings.isEmpty()) {
      return page.raw("<p>Nothing has been trained yet.</p>").html();
    }
    runs(page, runs);
    Views.selected(trainings, training).ifPresent(t -> training(page, t));
    trainings(page, trainings, runs);
    trials(page, runs);
    return page.html();
  }

  private static void live(Markup page, boolean paused) {
    page.raw(
        paused
            ? "<p>Paused. <a href=\"?\">Refresh every 5 seconds</a></p>"
            : REFRESH
                + "<p>Refreshes every 5 seconds. <a href=\"?%s=yes\">Pause</a></p>"
                    .formatted(PAUSED));
  }

  private void runs(Markup page, List<RunView> runs) {
    if (runs.isEmpty()) {
      return;
    }
    page.add("<h4>Runs (%s)</h4>", runs.size());
    List<List<Cell>> rows = new ArrayList<>();
    for (RunView run : runs) {
      String failure = run.ended() == null ? null : run.ended().failure();
      rows.add(
          List.of(
              Cell.of(run.id()),
              Cell.of(run.started().kind()),
              Cell.text("%s, version %d".formatted(run.started().table(), run.started().version())),
              Cell.of(date(run.time())),
              Cell.of(run.ended() == null ? unended() : duration(run.ended().time() - run.time())),
              Cell.text(failure != null ? "failed: " + failure : run.ended() == null ? "" : "done"),
              Cell.text(models(run)),
              Cell.text(run.started().folder())));
    }
    page.table(
        "Runs",
        List.of("Run", "Kind", "Table", "Started", "Duration", "State", "Models", "Folder"),
        rows);
  }

  private static String models(RunView run) {
    Function<ModelTrained, String> words =
        model -> model.model() + " " + Figures.seconds(model.seconds());
    return run.models().stream().map(words).collect(Collectors.joining(", "));
  }

  private String unended() {
    return tab.isLive() ? "running" : "not ended";
  }

  private void training(Markup page, TrainingView training) {
    TrainingStarted started = training.started();
    page.add(
        "<h4>%s, seed %s, on %s ranks: %s</h4>",
        started.model(), started.seed(), started.ranks(), state(training));
    page.add("<p class=\"text-break\">%s</p>", summary(training));
    if (training.ended() != null && training.ended().failure() != null) {
      page.add(
          "<p role=\"alert\" class=\"text-danger text-break\">%s</p>", training.ended().failure());
    }
    int steps = training.position() == null ? 0 : training.position().steps();
    page.raw("<div class=\"row mb-2\">");
    chart(
        page,
        new CurveChart("Loss", steps)
            .line("training loss", training.curves().training())
            .line("validation loss", training.curves().validation()));
    if (!started.metric().equals("loss")) {
      chart(
          page,
          new CurveChart("Validation " + started.metric(), steps)
              .line("validation " + started.metric(), training.curves().metric()));
    }
    page.raw("</div>");
    ranks(page, training.ranks());
    attempts(page, training);
    checkpoints(page, training.checkpoints());
    notes(page, training);
  }

  private static void chart(Markup page, CurveChart chart) {
    page.raw("<div class=\"col-lg-6\">").raw(chart.svg()).raw("</div>");
  }

  private String state(TrainingView training) {
    if (training.ended() == null) {
      return unended();
    }
    return training.ended().failure() == null ? "done" : "failed";
  }

  private String summary(TrainingView training) {
    List<String> words = new ArrayList<>();
    Position now = training.position();
    if (now != null) {
      words.add(
          String.format(
              Locale.ROOT,
              "Epoch %d of at most %d, step %,d of %,d. Training loss %s; %,.0f rows/s",
              now.epoch(),
              training.started().epochs(),
              now.step(),
              now.steps(),
              Figures.of(now.loss()),
              now.rowsPerSecond()));
    }
    if (training.best() != null) {
      words.add("Best is epoch %d: %s".formatted(training.best().epoch(), validation(training)));
    }
    words.add(
        "Started %s, %s"
            .formatted(date(training.time()), duration(training.lastTime() - training.time())));
    if (training.started().folder() != null) {
      words.add("Folder " + training.started().folder());
    }
    if (training.ended() != null && training.ended().weightsSha256() != null) {
      words.add("SHA-256 of the weights " + training.ended().weightsSha256());
    }
    return String.join(". ", words) + ".";
  }

  private static String validation(TrainingView training) {
    Epoch best = training.best();
    return "validation %s %s"
        .formatted(training.started().metric(), Figures.of(best.validationMetric()));
  }

  private static void ranks(Markup page, List<RankTime> ranks) {
    if (ranks.isEmpty()) {
      return;
    }
    page.raw("<h5>Ranks, since the attempt began</h5>");
    List<List<Cell>> rows = new ArrayList<>();
    for (RankTime rank : ranks) {
      double data = rank.dataSeconds() / rank.seconds();
      double communication = rank.communicationSeconds() / rank.seconds();
      double compute = Math.max(0, 1 - data - communication);
      rows.add(
          List.of(
              Cell.number(String.valueOf(rank.rank())),
              Cell.number(String.format(Locale.ROOT, "%,.0f", rank.rows() / rank.seconds())),
              Cell.number(percent(data)),
              Cell.number(percent(compute)),
              Cell.number(percent(communication)),
              Cell.raw(bar(data, compute))));
    }
    page.table(
        "Ranks",
        List.of(
            "Rank", "Rows/s", "Data", "Compute", "Communication", "Data, compute, communication"),
        rows);
  }

  /** Shares of a rank's time; what is neither data nor compute is communication. */
  private static String bar(double data, double compute) {
    return String.format(
        Locale.ROOT,
        "<svg viewBox=\"0 0 200 14\" width=\"200\" height=\"14\" aria-hidden=\"true\">"
            + "<rect width=\"200\" height=\"14\" fill=\"#d9480f\"/>"
            + "<rect width=\"%.1f\" height=\"14\" fill=\"#0d6efd\"/>"
            + "<rect width=\"%.1f\" height=\"14\" fill=\"#868e96\"/></svg>",
        200 * (data + compute),
        200 * data);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private void attempts(Markup page, TrainingView training) {
    if (training.attempts().isEmpty()) {
      return;
    }
    page.add("<h5>Attempts (%s)</h5>", training.attempts().size());
    List<List<Cell>> rows = new ArrayList<>();
    for (TrainingView.Attempt attempt : training.attempts()) {
      rows.add(
          List.of(
              Cell.number(String.valueOf(attempt.number())),
              Cell.of(date(attempt.time())),
              Cell.text(outcome(training, attempt))));
    }
    page.table("Attempts", List.of("Attempt", "Started", "How it ended"), rows);
  }

  private String outcome(TrainingView training, TrainingView.Attempt attempt) {
    if (attempt.failure() != null) {
      return "rank %d failed: %s".formatted(attempt.failure().rank(), attempt.failure().cause());
    }
    boolean last = attempt.equals(training.attempts().get(training.attempts().size() - 1));
    return last ? state(training) : "failed, and no rank told why";
  }

  private static void checkpoints(Markup page, TrainingView.Checkpoints checkpoints) {
    if (checkpoints.count() == 0) {
      return;
    }
    page.add("<h5>Checkpoints (%s)</h5>", checkpoints.count());
    List<List<Cell>> rows = new ArrayList<>();
    for (TrainingView.Checkpoint checkpoint : checkpoints.newest()) {
      rows.add(
          0,
          List.of(
              Cell.number(String.format(Locale.ROOT, "%,d", checkpoint.step())),
              Cell.of(date(checkpoint.time()))));
    }
    page.table("The newest checkpoints", List.of("After step", "Known at"), rows);
  }

  private static void notes(Markup page, TrainingView training) {
    if (training.notes().isEmpty()) {
      return;
    }
    page.raw("<h5>Notes</h5><ul class=\"text-break\">");
    training
        .notes()
        .forEach(
            note ->
                page.add(
                    "<li>%s %s%s</li>",
                    date(note.time()), note.warning() ? "warning: " : "", note.message()));
    page.raw("</ul>");
  }

  private void trainings(Markup page, List<TrainingView> trainings, List<RunView> runs) {
    if (trainings.isEmpty()) {
      return;
    }
    page.add("<h4>Trainings (%s)</h4>", trainings.size());
    List<List<Cell>> rows = new ArrayList<>();
    for (TrainingView training : trainings) {
      TrainingStarted started = training.started();
      rows.add(
          List.of(
              Cell.raw(
                  new Markup()
                      .add("<a href=\"?training=%s&amp;%s=yes\">", training.id(), PAUSED)
                      .add("%s</a>", started.model())
                      .html()),
              Cell.text(place(started, runs)),
              Cell.number(String.valueOf(started.seed())),
              Cell.number(String.valueOf(started.ranks())),
              Cell.number(
                  training.position() == null
                      ? Figures.NONE
                      : "%d/%d".formatted(training.position().epoch(), started.epochs())),
              Cell.of(training.best() == null ? Figures.NONE : validation(training)),
              Cell.of(state(training)),
              Cell.of(date(training.time())),
              Cell.of(duration(training.lastTime() - training.time()))));
    }
    page.table(
        "Trainings",
        List.of(
            "Network", "In run", "Seed", "Ranks", "Epoch", "Best", "State", "Started", "Duration"),
        rows);
  }

  /** The run and the place in it of a network. */
  private static String place(TrainingStarted training, List<RunView> runs) {
    if (training.folder() == null) {
      return Figures.NONE;
    }
    return runs.stream()
        .filter(run -> training.folder().contains(run.id() + "/"))
        .map(run -> training.folder().substring(training.folder().indexOf(run.id())))
        .findFirst()
        .orElse(training.folder());
  }

  private static void trials(Markup page, List<RunView> runs) {
    List<List<Cell>> rows = new ArrayList<>();
    for (RunView run : runs) {
      for (TrialJudged trial : run.trials()) {
        rows.add(
            List.of(
                Cell.of(run.id()),
                Cell.of(trial.model()),
                Cell.number("%d".formatted(trial.number())),
                Cell.of(trial.metric()),
                Cell.number(Figures.of(trial.score())),
                Cell.number(Figures.seconds(trial.seconds())),
                Cell.text(trial.options().equals("{}") ? "nothing" : trial.options()),
                Cell.text(trial.failure() == null ? "" : "failed: " + trial.failure())));
      }
    }
    if (!rows.isEmpty()) {
      page.add("<h4>Trials (%s)</h4>", rows.size());
      page.table(
          "Trials",
          List.of("Run", "Model", "Trial", "Metric", "Validation", "Time", "Changed", "State"),
          rows);
    }
  }

  private static String date(long time) {
    return UIUtils$.MODULE$.formatDate(time);
  }

  private static String duration(long millis) {
    return UIUtils$.MODULE$.formatDuration(millis);
  }
}

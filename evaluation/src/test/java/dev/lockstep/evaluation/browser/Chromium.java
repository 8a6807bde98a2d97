package dev.lockstep.evaluation.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The Chromium of this machine; tests that want it are skipped where there is none. */
public final class Chromium implements AutoCloseable {
  private static final int HEIGHT = 900;

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Path program) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program)
                    .setArgs(
                        List.of(
                            "--no-sandbox", // Tests open their own pages alone, as root in CI.
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
  }

  /** Starts it. */
  public static Chromium start() {
    Optional<Path> program = program();
    Assumptions.assumeTrue(
        program.isPresent(),
        "there is no Chromium on the PATH: apt-get install chromium, or name one in CHROMIUM");
    return new Chromium(program.get());
  }

  private static Optional<Path> program() {
    String named = System.getenv("CHROMIUM");
    Stream<Path> onPath =
        Stream.of(System.getenv("PATH").split(":"))
            .flatMap(
                folder ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)));
    return Stream.concat(Stream.ofNullable(named).map(Path::of), onPath)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Opens an address and waits until it is there.
   *
   * @param width of the window, in pixels
   * @param script whether scripts run
   */
  public OpenPage open(String address, int width, ColorScheme scheme, boolean script) {
    return OpenPage.of(
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, HEIGHT)
                .setColorScheme(scheme)
                .setJavaScriptEnabled(script)),
        address);
  }

  /** The same with scripts. */
  public OpenPage open(String address, int width, ColorScheme scheme) {
    return open(address, width, scheme, true);
  }

  @Override
  public void close() {
    playwright.close();
  }
}

package dev.lockstep.evaluation.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/**
 * A page in a browser, with what went wrong on it.
 *
 * @param page the page
 * @param problems errors and warnings of the console, exceptions, and requests that failed
 * @param asked the addresses that were asked for
 */
public record OpenPage(Page page, List<String> problems, List<String> asked)
    implements AutoCloseable {
  private static final int MOST_STOPS = 400;

  static OpenPage of(BrowserContext context, String address) {
    Page page = context.newPage();
    List<String> problems = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    page.onConsoleMessage(
        message -> {
          if (List.of("error", "warning").contains(message.type())) {
            problems.add(message.text());
          }
        });
    page.onPageError(problems::add);
    page.onRequestFailed(request -> problems.add(request.url() + ": " + request.failure()));
    page.onRequest(request -> asked.add(request.url()));
    page.navigate(address);
    return new OpenPage(page, problems, asked);
  }

  /** Checks that nothing leaves the window sideways, and that nothing went wrong. */
  public void assertSound() {
    assertThat(problems).isEmpty();
    assertThat((Boolean) page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"))
        .as("%s is as wide as its window", page.url())
        .isTrue();
  }

  /**
   * The elements that the tab key reaches, from the page's beginning on: their places in the
   * document.
   */
  public List<Integer> tabOrder() {
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }");
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < MOST_STOPS; i++) {
      page.keyboard().press("Tab");
      int place =
          (Integer)
              page.evaluate(
                  "[...document.querySelectorAll('body *')].indexOf(document.activeElement)");
      if (place < 0 || places.contains(place)) {
        return places; // Round the page, or out of it.
      }
      places.add(place);
    }
    return places;
  }

  @Override
  public void close() {
    page.context().close();
  }
}

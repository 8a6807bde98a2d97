package dev.lockstep.distributor.internal.spark.ui;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;

/**
 * Answers this machine alone: Spark's pages listen at all of its addresses, whatever {@code
 * spark.driver.bindAddress} says. A filter for {@code spark.ui.filters}.
 */
public final class LoopbackFilter implements Filter {
  /** Spark makes one. */
  public LoopbackFilter() {}

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()) {
      chain.doFilter(request, response);
    } else {
      ((HttpServletResponse) response).sendError(HttpServletResponse.SC_FORBIDDEN);
    }
  }
}

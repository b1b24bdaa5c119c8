-- Figures of connectivity in documents of Pandoc and Quarto: `pandoc --lua-filter connectivity.lua paper.md`.
--
-- The filter `connectivity-pandoc` does the work; this one tells it which files the document is made of, so that
-- messages name the line, and says in Pandoc's own way what is wrong, so that --fail-if-warnings of newer versions
-- heeds it; -M connectivity-strict ends the run in every one.

local function warn(message)
  if pandoc.log and pandoc.log.warn then
    pandoc.log.warn(message)
  else
    io.stderr:write("[WARNING] " .. message .. "\n")
  end
end

function Pandoc(document)
  local files = PANDOC_STATE.input_files
  local arguments = { FORMAT, table.unpack(#files > 0 and files or { "-" }) }
  local drawn = pandoc.utils.run_json_filter(document, "connectivity-pandoc", arguments)
  for _, message in ipairs(drawn.meta["connectivity-wrong"] or {}) do
    warn(pandoc.utils.stringify(message))
  end
  drawn.meta["connectivity-wrong"] = nil
  return drawn
end

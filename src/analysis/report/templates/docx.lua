-- Give the memo's divisions to Word as styles, and set each picture over its own caption.
local STYLE = { note = "Note", box = "Box" }
local LINE = { unit = "Note", caption = "Caption" }

local function styled(name, blocks)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = name }))
end

function Para(para)
  local first = para.content[1]
  local line = #para.content == 1 and first.t == "Span" and LINE[first.classes[1]]
  if line then return styled(line, { para }) end
end

-- Side by side, as in the PDF, their small print would be under 5 points in the narrower text of an official letter.
local PICTURE_WIDTH = "110mm"
local function plates(div)
  local captions, made = pandoc.List(), pandoc.List()
  div:walk({ Span = function(span)
    if span.classes:includes("plate") then captions:insert(span.content) end
  end })
  div:walk({ Image = function(image)
    -- The text for those who cannot see the picture.
    image.caption = { pandoc.Str(image.attributes.alt) }
    image.attributes.width = PICTURE_WIDTH
    made:insert(styled("Figure", { pandoc.Para({ image }) }))
    made:insert(styled("Caption", { pandoc.Para(captions[#made // 2 + 1]) }))
  end })
  return made
end

function Div(div)
  local name = div.classes[1]
  if name == "figures" then return plates(div) end
  if name == "keys" then
    return div:walk({ Table = function(made)
      made.attr = pandoc.Attr("", {}, { ["custom-style"] = "Keys" })
      return made
    end })
  end
  if STYLE[name] then return styled(STYLE[name], div.content) end
end

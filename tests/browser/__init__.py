"""Do the panel's pages hold in a real browser, for hands on keys and on glass?"""
